namespace BuildController.Informers.WorkQueue;

/// <summary>
/// Says how long a key waits before it is tried again. Safe for concurrent use.
/// </summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public interface IRateLimiter<in TKey>
    where TKey : notnull
{
    /// <summary>Counts one more retry of a key, and says how long it waits: never negative.</summary>
    TimeSpan When(TKey key);

    /// <summary>Ends the count of a key's retries, and keeps nothing of the key. Without it the counts grow with the keys.</summary>
    void Forget(TKey key);

    /// <summary>How often <see cref="When"/> was asked about a key since it was last forgotten; 0 from limiters that do not count.</summary>
    int Retries(TKey key);
}
