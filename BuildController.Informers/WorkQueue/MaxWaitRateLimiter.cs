namespace BuildController.Informers.WorkQueue;

/// <summary>Caps what another limiter says.</summary>
internal sealed class MaxWaitRateLimiter<TKey>(IRateLimiter<TKey> inner, TimeSpan maxDelay) : IRateLimiter<TKey>
    where TKey : notnull
{
    public TimeSpan When(TKey key)
    {
        TimeSpan delay = inner.When(key);
        return delay < maxDelay ? delay : maxDelay;
    }

    public void Forget(TKey key) => inner.Forget(key);

    public int Retries(TKey key) => inner.Retries(key);
}
