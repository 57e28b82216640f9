using System.Runtime.InteropServices;

namespace BuildController.Informers.WorkQueue;

/// <summary>Counts each key's retries, and waits as long as a rule says for that count.</summary>
internal sealed class CountingRateLimiter<TKey>(Func<int, TimeSpan> delayAfter, IEqualityComparer<TKey>? comparer) : IRateLimiter<TKey>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, int> retries = new(comparer);

    public TimeSpan When(TKey key)
    {
        int earlier;
        lock (gate)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(retries, key, out _);
            earlier = count;
            if (count < int.MaxValue)
                count++;
        }

        return delayAfter(earlier);
    }

    public void Forget(TKey key)
    {
        lock (gate)
            retries.Remove(key);
    }

    public int Retries(TKey key)
    {
        lock (gate)
            return retries.GetValueOrDefault(key);
    }
}
