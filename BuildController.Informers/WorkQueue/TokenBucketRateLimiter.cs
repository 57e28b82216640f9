namespace BuildController.Informers.WorkQueue;

/// <summary>One bucket for all keys. Its level goes below zero by the tokens that are reserved and have yet to come.</summary>
internal sealed class TokenBucketRateLimiter<TKey>(double perSecond, int burst, TimeProvider time) : IRateLimiter<TKey>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private double level = burst;
    private long filledAt = time.GetTimestamp();

    public TimeSpan When(TKey key)
    {
        lock (gate)
        {
            long now = time.GetTimestamp();
            double came = time.GetElapsedTime(filledAt, now).TotalSeconds * perSecond;
            level = Math.Min(burst, level + came) - 1;
            filledAt = now;
            return level >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-level / perSecond);
        }
    }

    /// <summary>The key has its token: it was given with the time that it waits for.</summary>
    public void Count(TKey key)
    {
    }

    public void Forget(TKey key)
    {
    }

    public int Retries(TKey key) => 0;
}
