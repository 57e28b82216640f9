using BuildController.Informers.Execution;

namespace BuildController.Informers.WorkQueue;

/// <summary>The rate limiters of client-go, under its rules.</summary>
public static class RateLimiters
{
    /// <summary>
    /// How many keys a limiter that counts retries remembers at least; at most it holds twice as many. Beyond that the keys
    /// that were not retried for longest start anew, with the shortest wait. client-go's map has no bound.
    /// </summary>
    public const int DefaultMaxKeys = 65_536;

    /// <summary>
    /// The default of a controller: each key backs off from 5 ms, doubling, to 1000 s, and all keys together are
    /// retried at most 10 times a second after a burst of 100. The longer wait counts.
    /// </summary>
    /// <param name="time">The clock that tokens come with.</param>
    /// <param name="comparer">When two keys are one; null for the key's own equality.</param>
    public static IRateLimiter<TKey> Default<TKey>(TimeProvider time, IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull =>
        MaxOf(Exponential(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000), comparer), TokenBucket<TKey>(10, 100, time));

    /// <summary>Each key waits twice as long as the last time: first <paramref name="baseDelay"/>, at most <paramref name="maxDelay"/>.</summary>
    /// <param name="baseDelay">The first wait, positive.</param>
    /// <param name="maxDelay">The longest wait.</param>
    /// <param name="comparer">When two keys are one; null for the key's own equality.</param>
    /// <param name="maxKeys">How many keys are remembered at least; see <see cref="DefaultMaxKeys"/>.</param>
    public static IRateLimiter<TKey> Exponential<TKey>(
        TimeSpan baseDelay, TimeSpan maxDelay, IEqualityComparer<TKey>? comparer = null, int maxKeys = DefaultMaxKeys)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(baseDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDelay, baseDelay);
        return new CountingRateLimiter<TKey>(Delay, maxKeys, comparer);

        // A double does not overflow: after many failures it is infinite, which is more than the longest wait.
        TimeSpan Delay(int earlierRetries)
        {
            double ticks = baseDelay.Ticks * Math.Pow(2, earlierRetries);
            return ticks < maxDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : maxDelay;
        }
    }

    /// <summary>Each key waits <paramref name="fast"/> for its first retries, and <paramref name="slow"/> from then on.</summary>
    /// <param name="fast">The wait of the first retries.</param>
    /// <param name="slow">The wait of all further ones.</param>
    /// <param name="fastRetries">How many retries are fast.</param>
    /// <param name="comparer">When two keys are one; null for the key's own equality.</param>
    /// <param name="maxKeys">How many keys are remembered at least; see <see cref="DefaultMaxKeys"/>.</param>
    public static IRateLimiter<TKey> FastSlow<TKey>(
        TimeSpan fast, TimeSpan slow, int fastRetries, IEqualityComparer<TKey>? comparer = null, int maxKeys = DefaultMaxKeys)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fast, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(slow, TimeSpan.Zero);
        return new CountingRateLimiter<TKey>(earlierRetries => earlierRetries < fastRetries ? fast : slow, maxKeys, comparer);
    }

    /// <summary>
    /// All keys together take tokens from one bucket; who finds it empty reserves a token to come and waits for it. In a queue
    /// a key that waits for its token takes no second one, however often it is added, so the wait cannot run away.
    /// It counts no retries.
    /// </summary>
    /// <param name="perSecond">How many tokens come each second, positive.</param>
    /// <param name="burst">How many tokens the bucket holds, and holds at first; at least 1.</param>
    /// <param name="time">The clock that tokens come with.</param>
    public static IRateLimiter<TKey> TokenBucket<TKey>(double perSecond, int burst, TimeProvider time)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentNullException.ThrowIfNull(time);
        return new TokenBucketRateLimiter<TKey>(perSecond, burst, time);
    }

    /// <summary>The longest wait that any of the limiters asks for. Every one is asked each time, and the largest count of retries is the count.</summary>
    public static IRateLimiter<TKey> MaxOf<TKey>(params IReadOnlyList<IRateLimiter<TKey>> limiters)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(limiters);
        return new MaxOfRateLimiter<TKey>([.. limiters]);
    }

    /// <summary>What another limiter says, but never more than <paramref name="maxDelay"/>.</summary>
    public static IRateLimiter<TKey> WithMaxWait<TKey>(this IRateLimiter<TKey> limiter, TimeSpan maxDelay)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(limiter);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDelay, TimeSpan.Zero);
        return new AdjustedRateLimiter<TKey>(limiter, delay => delay < maxDelay ? delay : maxDelay);
    }

    /// <summary>
    /// What another limiter says and, at random, up to <paramref name="factor"/> times as much more: keys that failed together do not come
    /// back together.
    /// </summary>
    /// <param name="limiter">The other limiter.</param>
    /// <param name="factor">Positive; 0.1 for up to a tenth more.</param>
    /// <param name="runtime">Where the randomness comes from.</param>
    public static IRateLimiter<TKey> WithJitter<TKey>(this IRateLimiter<TKey> limiter, double factor, OperatorRuntime runtime)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(limiter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        ArgumentNullException.ThrowIfNull(runtime);
        return new AdjustedRateLimiter<TKey>(limiter, delay =>
        {
            double ticks = delay.Ticks * (1 + (factor * runtime.NextDouble()));
            return ticks < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
        });
    }
}
