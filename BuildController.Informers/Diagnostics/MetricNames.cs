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
}
