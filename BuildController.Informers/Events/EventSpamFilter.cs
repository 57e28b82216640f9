namespace BuildController.Informers.Events;

/// <summary>Gives each object a budget of events, so that one that is ill for long costs the server little.</summary>
internal sealed class EventSpamFilter(EventRecorderOptions options)
{
    private readonly LruCache<EventKey, Bucket> buckets = new(options.CacheSize);

    public int Remembered => buckets.Count;

    /// <summary>Takes the event from its object's budget; false if there is nothing left.</summary>
    public bool TryTake(CoreEvent item, TimeSpan now)
    {
        EventKey key = EventKey.Budget(item, options.SpamScope?.Invoke(item));
        if (!buckets.TryGet(key, out Bucket? bucket))
            buckets.Set(key, bucket = new Bucket(options.SpamBurst, options.SpamRefillInterval, now));

        return bucket.TryTake(now);
    }

    /// <summary>A token bucket that counts in whole tokens, so that nothing is lost to rounding.</summary>
    private sealed class Bucket(int burst, TimeSpan refill, TimeSpan madeAt)
    {
        private TimeSpan filledAt = madeAt;
        private int spent;

        public bool TryTake(TimeSpan now)
        {
            // What several threads tell may come in another order than that of its times.
            long came = Math.Max(0, (now - filledAt).Ticks / refill.Ticks);
            (spent, filledAt) = came >= spent ? (0, now) : (spent - (int)came, filledAt + TimeSpan.FromTicks(came * refill.Ticks));
            if (spent == burst)
                return false;

            spent++;
            return true;
        }
    }
}
