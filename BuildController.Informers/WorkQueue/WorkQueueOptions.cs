namespace BuildController.Informers.WorkQueue;

/// <summary>How a <see cref="WorkQueue{TKey}"/> behaves. A queue reads it once, when it is made.</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public sealed record WorkQueueOptions<TKey>
    where TKey : notnull
{
    /// <summary>What metrics and logs call the queue. The default is empty: a queue without a name, which has no metrics.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>
    /// Says how long a failed key waits. Not to be shared between queues that should count apart. The default is
    /// <see cref="RateLimiters.Default"/>, on the clock of the queue's runtime.
    /// </summary>
    public IRateLimiter<TKey>? RateLimiter { get; set; }

    /// <summary>When two keys are one. The default is the key's own equality.</summary>
    public IEqualityComparer<TKey>? EqualityComparer { get; set; }

    /// <summary>
    /// What a key belongs to, for fairness: a namespace, a tenant. Of the ready keys of one priority each group's first one
    /// is handed out in turn, so who adds a thousand keys does not hold up who adds one. Quick and always the same for a key; called on
    /// the adder's stack, which hears what it throws. The default is null: no groups.
    /// </summary>
    public Func<TKey, string>? Group { get; set; }

    /// <summary>
    /// One in so many keys handed out is of a lower priority, while there are any; the lower priorities take turns. So no
    /// key starves, whatever comes above it. At least 2; the default is 10.
    /// </summary>
    public int LowPriorityShare { get; set; } = 10;
}
