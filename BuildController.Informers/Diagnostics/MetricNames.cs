namespace BuildController.Informers.Diagnostics;

/// <summary>
/// The names of the meter, its instruments and their tags. They are API: dashboards and alerts use them. Where client-go has
/// a metric for the same thing the name is client-go's; times are in seconds.
/// </summary>
public static class MetricNames
{
    /// <summary>The meter: what to give to <c>AddMeter</c>.</summary>
    public const string Meter = "BuildController.Informers";

    /// <summary>Gauge: changes read from the server and not yet applied to the store.</summary>
    public const string InformerQueuedItems = "informer_queued_items";

    /// <summary>Counter: lists, by <see cref="ResultTag"/>.</summary>
    public const string InformerLists = "informer_lists_total";

    /// <summary>Counter: watches opened, by <see cref="ResultTag"/>.</summary>
    public const string InformerWatches = "informer_watches_total";

    /// <summary>Gauge: seconds since the server last gave a sign of life to the informer, by an answer, an event or a bookmark.</summary>
    public const string InformerLastContact = "informer_last_contact_seconds";

    /// <summary>Counter: watches given up because nothing came on them for too long, not even a bookmark.</summary>
    public const string InformerSilentWatches = "informer_silent_watches_total";

    /// <summary>Counter: objects received that could not be decoded, each time.</summary>
    public const string InformerUndecodableObjects = "informer_undecodable_objects_total";

    /// <summary>Gauge: events that a handler has not been called for yet.</summary>
    public const string HandlerPendingItems = "informer_handler_pending_items";

    /// <summary>Histogram: seconds from the application of a change to the store until the handler is called for it.</summary>
    public const string HandlerLag = "informer_handler_lag_seconds";

    /// <summary>Counter: handler calls that threw.</summary>
    public const string HandlerFailures = "informer_handler_failures_total";

    /// <summary>Tag: the name of a handler.</summary>
    public const string HandlerTag = "handler";

    /// <summary>Tag: the API group of a resource.</summary>
    public const string GroupTag = "group";

    /// <summary>Tag: the API version of a resource.</summary>
    public const string VersionTag = "version";

    /// <summary>Tag: the plural name of a resource.</summary>
    public const string ResourceTag = "resource";

    /// <summary>Tag: <c>success</c>, or the reason of the failure.</summary>
    public const string ResultTag = "result";

    // Work queues. Names and meanings are client-go's; a queue without a name has none.

    /// <summary>Gauge: keys that are ready, or were added again while a worker has them.</summary>
    public const string QueueDepth = "workqueue_depth";

    /// <summary>Counter: adds that changed something; an add of a key that is ready already does not.</summary>
    public const string QueueAdds = "workqueue_adds_total";

    /// <summary>Histogram: seconds from the moment a key became ready until a worker took it.</summary>
    public const string QueueDuration = "workqueue_queue_duration_seconds";

    /// <summary>Histogram: seconds that a worker had a key.</summary>
    public const string QueueWorkDuration = "workqueue_work_duration_seconds";

    /// <summary>Gauge: seconds that the keys which workers have now have been with them, summed.</summary>
    public const string QueueUnfinishedWork = "workqueue_unfinished_work_seconds";

    /// <summary>Gauge: seconds that the key which a worker has had longest has been with it.</summary>
    public const string QueueLongestRunning = "workqueue_longest_running_processor_seconds";

    /// <summary>Counter: adds that asked for a delay, retries among them.</summary>
    public const string QueueRetries = "workqueue_retries_total";

    /// <summary>Tag: the name of a queue, of a lease.</summary>
    public const string NameTag = "name";

    // Controllers. Where controller-runtime has a metric for the same thing the name is controller-runtime's.

    /// <summary>Counter: reconciliations, by <see cref="ResultTag"/>: <c>success</c>, <c>requeue_after</c>, <c>error</c>, <c>terminal_error</c>, <c>timeout</c>, <c>cancelled</c>.</summary>
    public const string Reconciles = "controller_runtime_reconcile_total";

    /// <summary>Histogram: seconds that a reconciliation took.</summary>
    public const string ReconcileDuration = "controller_runtime_reconcile_time_seconds";

    /// <summary>Gauge: how many keys a controller reconciles at once at most.</summary>
    public const string ControllerWorkers = "controller_runtime_max_concurrent_reconciles";

    /// <summary>Gauge: how many keys a controller reconciles now.</summary>
    public const string ControllerActiveWorkers = "controller_runtime_active_workers";

    /// <summary>Counter: keys that came too often and were put off.</summary>
    public const string ReconcilesDeferred = "controller_deferred_reconciles_total";

    /// <summary>Tag: the name of a controller.</summary>
    public const string ControllerTag = "controller";

    // Leader election.

    /// <summary>Gauge: 1 while this process leads, 0 while it does not, for each lease that it competes for; by <see cref="NameTag"/>.</summary>
    public const string LeaderStatus = "leader_election_master_status";

    /// <summary>Counter: renewals that had to read the lease first, because it could not be written in the version last seen; by <see cref="NameTag"/>.</summary>
    public const string LeaderSlowPath = "leader_election_slowpath_total";

    // Requests of a clientset.

    /// <summary>Counter: requests answered, by <see cref="CodeTag"/>, <see cref="MethodTag"/> and <see cref="HostTag"/>.</summary>
    public const string ClientRequests = "rest_client_requests_total";

    /// <summary>Histogram: seconds from the sending of a request until the headers of its answer, by <see cref="VerbTag"/> and <see cref="HostTag"/>.</summary>
    public const string ClientRequestDuration = "rest_client_request_duration_seconds";

    /// <summary>Histogram: seconds that a request waited for the client's own rate limit, by <see cref="VerbTag"/>.</summary>
    public const string ClientRateLimiterDuration = "rest_client_rate_limiter_duration_seconds";

    /// <summary>Counter: requests sent once more, by <see cref="VerbTag"/> and <see cref="CodeTag"/>: the code of the failure before or, where there was no answer, its reason, as <c>ConnectionLost</c>.</summary>
    public const string ClientRetries = "rest_client_request_retries_total";

    /// <summary>Counter: writes that were refused here, because their sender does not lead any more, by <see cref="VerbTag"/>.</summary>
    public const string ClientFencedWrites = "rest_client_fenced_writes_total";

    /// <summary>Tag: the HTTP status code, or <c>&lt;error&gt;</c> where there was no answer.</summary>
    public const string CodeTag = "code";

    /// <summary>Tag: the HTTP method.</summary>
    public const string MethodTag = "method";

    /// <summary>Tag: the verb of a request, as access rules name it: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>.</summary>
    public const string VerbTag = "verb";

    /// <summary>Tag: the server, as host and port.</summary>
    public const string HostTag = "host";

    // Events about objects.

    /// <summary>Counter: events that a recorder was given, by <see cref="TypeTag"/>.</summary>
    public const string EventsRecorded = "event_recorder_events_total";

    /// <summary>
    /// Counter: events that were not written, by <see cref="ResultTag"/>: <c>full</c>, too many waited; <c>spam</c>, too many were about one object;
    /// <c>refused</c>; <c>gave_up</c>, no answer in all tries; <c>stopped</c>, the recorder ended first.
    /// </summary>
    public const string EventsDiscarded = "event_recorder_discarded_total";

    /// <summary>Gauge: events that wait to be written.</summary>
    public const string EventsQueued = "event_recorder_queued_events";

    /// <summary>Tag: <c>Normal</c> or <c>Warning</c>.</summary>
    public const string TypeTag = "type";
}
