namespace BuildController.Informers.Events;

/// <summary>
/// Finds events that differ only by their message and lets them share one event from some number on. The messages that came
/// first keep events of their own.
/// </summary>
internal sealed class EventAggregator(EventRecorderOptions options)
{
    private const string Prefix = "(combined from similar events): ";

    private readonly LruCache<EventKey, Group> groups = new(options.CacheSize);

    public int Remembered => groups.Count;

    /// <summary>The event to write, and the key that all events with which it shares one have.</summary>
    public (CoreEvent Item, EventKey Key) Aggregate(CoreEvent item, TimeSpan now)
    {
        EventKey similar = EventKey.Similar(item);
        if (!groups.TryGet(similar, out Group? group) || now - group.LastSeen > options.SimilarWindow)
            groups.Set(similar, group = new Group());

        group.LastSeen = now;
        return group.IsOwn(item.Message, options.CombineFrom - 1)
            ? (item, EventKey.Same(item))
            : (item with { Message = EventText.Shorten(Prefix + item.Message) }, similar);
    }

    private sealed class Group
    {
        private readonly HashSet<string> own = new(StringComparer.Ordinal);

        public TimeSpan LastSeen { get; set; }

        public bool IsOwn(string message, int most) => own.Contains(message) || (own.Count < most && own.Add(message));
    }
}
