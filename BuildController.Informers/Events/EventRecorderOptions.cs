namespace BuildController.Informers.Events;

/// <summary>
/// How an <see cref="EventRecorder"/> works. The defaults are client-go's (tools/record) where it has the same, and are right for
/// nearly everybody.
/// </summary>
public sealed record EventRecorderOptions
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    /// <summary>
    /// Which of several instances of the component records, usually the name of its pod or node: written to the events' <c>source.host</c>
    /// and <c>reportingInstance</c>. The default is null: none.
    /// </summary>
    public string? Instance { get; init; }

    /// <summary>How many events may wait to be written; when so many do, the newest are dropped. The default is 1000 (client-go's maxQueuedEvents).</summary>
    public int QueueCapacity { get; init; } = 1000;

    /// <summary>How often an event is tried before it is given up. The default is 12 (client-go's maxTriesPerEvent).</summary>
    public int Tries { get; init; } = 12;

    /// <summary>
    /// The time between two tries; the first is a random part of it. The others wait meanwhile. The default is 10 seconds
    /// (client-go's defaultSleepDuration).
    /// </summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many events about one object may be written in a burst; more are dropped, and counted in the next that is written. The
    /// default is 25 (client-go's defaultSpamBurst); <see cref="int.MaxValue"/> drops none.
    /// </summary>
    public int SpamBurst { get; init; } = 25;

    /// <summary>In what time an object that has used up its burst may have one event more. The default is 5 minutes (client-go's defaultSpamQPS, 1/300).</summary>
    public TimeSpan SpamRefillInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What else than the object events must have in common to share a <see cref="SpamBurst"/>: <c>static item => item.Reason</c> keeps a frequent reason
    /// from using up the budget of a rare one. Called on the recorder's task; what it throws costs the event. The default is null: nothing.
    /// </summary>
    public Func<CoreEvent, string>? SpamScope { get; init; }

    /// <summary>
    /// From how many different messages on events that differ in nothing else share one event, whose message is the last one's. The
    /// default is 10 (client-go's defaultAggregateMaxEvents); 1 combines all.
    /// </summary>
    public int CombineFrom { get; init; } = 10;

    /// <summary>
    /// After how long without a similar event the different messages are counted anew. The default is 10 minutes (client-go's
    /// defaultAggregateIntervalInSeconds).
    /// </summary>
    public TimeSpan SimilarWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many budgets, groups of similar events and single events are remembered, each; then the ones that were not needed for longest are
    /// forgotten. The default is 4096 (client-go's maxLruCacheEntries).
    /// </summary>
    public int CacheSize { get; init; } = 4096;

    /// <summary>
    /// How long disposing goes on writing what waits. The default is 2 seconds, a small part of what hosts and pods have to stop;
    /// zero drops at once, <see cref="Timeout.InfiniteTimeSpan"/> waits for the server's word on each.
    /// </summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(2);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Tries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RetryInterval, LongestTimer);
        ArgumentOutOfRangeException.ThrowIfLessThan(SpamBurst, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SpamRefillInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(CombineFrom, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SimilarWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(CacheSize, 1);
        if (FlushTimeout == Timeout.InfiniteTimeSpan)
            return;

        ArgumentOutOfRangeException.ThrowIfLessThan(FlushTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FlushTimeout, LongestTimer);
    }
}
