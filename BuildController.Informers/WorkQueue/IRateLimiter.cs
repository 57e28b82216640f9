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

    /// <summary>
    /// Counts one more retry of a key that waits already for a time that <see cref="When"/> has given, and takes nothing
    /// that keys share: a key that is added a thousand times while it waits is tried once, so it pays once. By default it asks
    /// <see cref="When"/> and forgets the answer, as is right for limiters that share nothing.
    /// </summary>
    void Count(TKey key) => When(key);

    /// <summary>Ends the count of a key's retries, and keeps nothing of the key. Without it the counts grow with the keys, up to the limiter's bound.</summary>
    void Forget(TKey key);

    /// <summary>How often <see cref="When"/> and <see cref="Count"/> were asked about a key since it was last forgotten; 0 from limiters that do not count.</summary>
    int Retries(TKey key);
}
