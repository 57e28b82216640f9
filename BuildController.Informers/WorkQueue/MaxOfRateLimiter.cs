namespace BuildController.Informers.WorkQueue;

/// <summary>Asks every limiter, also when the first already says long enough: each must count and reserve its own.</summary>
internal sealed class MaxOfRateLimiter<TKey>(IRateLimiter<TKey>[] limiters) : IRateLimiter<TKey>
    where TKey : notnull
{
    public TimeSpan When(TKey key)
    {
        TimeSpan longest = TimeSpan.Zero;
        foreach (IRateLimiter<TKey> limiter in limiters)
        {
            TimeSpan delay = limiter.When(key);
            if (delay > longest)
                longest = delay;
        }

        return longest;
    }

    public void Count(TKey key)
    {
        foreach (IRateLimiter<TKey> limiter in limiters)
            limiter.Count(key);
    }

    public void Forget(TKey key)
    {
        foreach (IRateLimiter<TKey> limiter in limiters)
            limiter.Forget(key);
    }

    public int Retries(TKey key)
    {
        int most = 0;
        foreach (IRateLimiter<TKey> limiter in limiters)
            most = Math.Max(most, limiter.Retries(key));

        return most;
    }
}
