namespace BuildController.Informers.WorkQueue;

/// <summary>What another limiter says, changed by a rule.</summary>
internal sealed class AdjustedRateLimiter<TKey>(IRateLimiter<TKey> inner, Func<TimeSpan, TimeSpan> adjust) : IRateLimiter<TKey>
    where TKey : notnull
{
    public TimeSpan When(TKey key) => adjust(inner.When(key));

    public void Count(TKey key) => inner.Count(key);

    public void Forget(TKey key) => inner.Forget(key);

    public int Retries(TKey key) => inner.Retries(key);
}
