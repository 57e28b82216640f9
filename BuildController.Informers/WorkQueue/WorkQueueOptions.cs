namespace BuildController.Informers.WorkQueue;

/// <summary>How a <see cref="WorkQueue{TKey}"/> behaves.</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public sealed record WorkQueueOptions<TKey>
    where TKey : notnull
{
    /// <summary>What metrics and logs call the queue. The default is empty: a queue without a name.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>
    /// Says how long a failed key waits. Not to be shared between queues that should count apart. The default is
    /// <see cref="RateLimiters.Default"/>, on the clock of the queue's runtime.
    /// </summary>
    public IRateLimiter<TKey>? RateLimiter { get; init; }

    /// <summary>When two keys are one. The default is the key's own equality.</summary>
    public IEqualityComparer<TKey>? EqualityComparer { get; init; }
}
