namespace BuildController.Informers.Events;

/// <summary>
/// Knows which events there are already, so that an event that happens again is counted in the one that was written first.
/// Nothing of the server's answers is needed for it: the name is chosen here, and the update is not bound to a version.
/// </summary>
internal sealed class EventCounter(EventRecorderOptions options)
{
    private readonly LruCache<EventKey, Known> known = new(options.CacheSize);

    public int Remembered => known.Count;

    /// <summary>The event with its count; above one it has the name and the first time of the event that is there.</summary>
    public CoreEvent Count(CoreEvent item, EventKey key)
    {
        if (known.TryGet(key, out Known first))
        {
            item = item with
            {
                Metadata = item.Metadata with { Name = first.Name },
                FirstTimestamp = first.Time,
                Count = first.Count == int.MaxValue ? int.MaxValue : first.Count + 1,
            };
        }

        known.Set(key, new Known(item.Metadata.Name, item.FirstTimestamp, item.Count));
        return item;
    }

    private readonly record struct Known(string Name, DateTimeOffset? Time, int Count);
}
