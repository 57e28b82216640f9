namespace BuildController.Informers.WorkQueue;

/// <summary>Counts each key's retries, and waits as long as a rule says for that count.</summary>
internal sealed class CountingRateLimiter<TKey>(Func<int, TimeSpan> delayAfter, int maxKeys, IEqualityComparer<TKey>? comparer) : IRateLimiter<TKey>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly GenerationalMap<TKey, int> retries = new(maxKeys, comparer);

    public TimeSpan When(TKey key) => delayAfter(Raise(key));

    public void Count(TKey key) => Raise(key);

    public void Forget(TKey key)
    {
        lock (gate)
            retries.Remove(key);
    }

    public int Retries(TKey key)
    {
        lock (gate)
            return retries.Find(key);
    }

    /// <returns>The count before.</returns>
    private int Raise(TKey key)
    {
        lock (gate)
        {
            ref int count = ref retries.Touch(key);
            return count < int.MaxValue ? count++ : count;
        }
    }
}
