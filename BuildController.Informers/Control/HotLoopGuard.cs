using BuildController.Informers.WorkQueue;

namespace BuildController.Informers.Control;

/// <summary>
/// Finds keys that come too often, as one does whose reconciler wakes itself up by what it writes: each has a bucket of visits, and
/// who has emptied it waits for the next drop. Safe for concurrent use.
/// </summary>
internal sealed class HotLoopGuard<TKey>(int burst, TimeSpan interval, TimeProvider time, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    /// <summary>Keys that were not visited for long have full buckets, and need not be remembered.</summary>
    private const int MaxKeys = 16_384;

    private readonly Lock gate = new();
    private readonly GenerationalMap<TKey, Bucket> buckets = new(MaxKeys, comparer);

    /// <summary>Takes a visit out of a key's bucket.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isFirst">Whether it is the first time in a row that the key is put off: what is worth a line in the log.</param>
    /// <returns>How long to put the key off; zero for not at all.</returns>
    public TimeSpan Delay(TKey key, out bool isFirst)
    {
        lock (gate)
        {
            long now = time.GetTimestamp();
            ref Bucket bucket = ref buckets.Touch(key);
            double dropped = bucket.IsUsed ? time.GetElapsedTime(bucket.Since, now) / interval : 0;
            double taken = Math.Max(0, bucket.Taken - dropped);
            bool isHot = taken + 1 > burst;
            isFirst = isHot && !bucket.IsHot;

            // A deferred visit takes nothing: it is made when its drop has come. To be hot ends when the bucket has recovered by half.
            bucket = new Bucket(isHot ? taken : taken + 1, now, IsUsed: true, isHot || (bucket.IsHot && taken > burst / 2.0));
            return isHot ? (taken + 1 - burst) * interval : TimeSpan.Zero;
        }
    }

    private readonly record struct Bucket(double Taken, long Since, bool IsUsed, bool IsHot);
}
