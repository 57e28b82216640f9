namespace BuildController.Informers.Events;

/// <summary>
/// Decides what becomes of an event: written as it is, combined with others, counted in one that is there, or left out. In
/// client-go's order: what is left out is counted all the same, so the next one written tells of it. It goes by
/// the times at which events happened, so a slow server changes nothing. Not safe for concurrent use.
/// </summary>
internal sealed class EventCorrelator(EventRecorderOptions options)
{
    private readonly EventAggregator aggregator = new(options);
    private readonly EventCounter counter = new(options);
    private readonly EventSpamFilter spamFilter = new(options);

    /// <summary>How many entries its parts remember together.</summary>
    public int Remembered => aggregator.Remembered + counter.Remembered + spamFilter.Remembered;

    /// <summary>The event to write, an update of one that is there if its count is above one; null if it is left out.</summary>
    /// <param name="item">The event.</param>
    /// <param name="now">When it happened.</param>
    public CoreEvent? Correlate(CoreEvent item, TimeSpan now)
    {
        (CoreEvent aggregated, EventKey key) = aggregator.Aggregate(item, now);
        CoreEvent counted = counter.Count(aggregated, key);
        return spamFilter.TryTake(counted, now) ? counted : null;
    }
}
