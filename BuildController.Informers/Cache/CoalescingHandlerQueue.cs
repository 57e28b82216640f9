using System.Threading.Channels;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Keeps one entry for each key: the way from what the handler knows of the object to what is now.</summary>
internal sealed class CoalescingHandlerQueue<T>(ResourceType<T> type) : HandlerQueue<T>
    where T : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, LinkedListNode<Entry>> byKey = [];
    private readonly LinkedList<Entry> order = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true });
    private bool isClosed;

    public override int Count
    {
        get
        {
            lock (gate)
                return order.Count;
        }
    }

    public override bool TryAdd(HandlerItem<T> item)
    {
        lock (gate)
        {
            if (isClosed)
                return false;

            Add(item);
        }

        signal.Writer.TryWrite(true);
        return true;
    }

    public override ValueTask<bool> WaitToAddAsync(CancellationToken cancellationToken) => ValueTask.FromResult(!Volatile.Read(ref isClosed));

    public override bool TryTake(out HandlerItem<T> item)
    {
        lock (gate)
        {
            if (order.First is not { } first)
            {
                item = default;
                return false;
            }

            Entry entry = first.Value;
            item = new HandlerItem<T>(entry.Take(), entry.Applied);
            if (!entry.IsDone)
                return true;

            order.Remove(first);
            if (entry.Key is { } key)
                byKey.Remove(key);

            return true;
        }
    }

    public override async ValueTask<bool> WaitToTakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (gate)
            {
                if (order.Count > 0)
                    return true;
            }

            if (!await signal.Reader.WaitToReadAsync(cancellationToken))
                return false;

            signal.Reader.TryRead(out _);
        }
    }

    public override void Close()
    {
        lock (gate)
            isClosed = true;

        signal.Writer.TryComplete();
    }

    private void Add(HandlerItem<T> item)
    {
        if (item.Fact.Object is null)
        {
            order.AddLast(new Entry(null, item));
            return;
        }

        ObjectKey key = type.KeyOf(item.Fact.Object);
        if (!byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            byKey.Add(key, order.AddLast(new Entry(key, item)));
            return;
        }

        node.Value.Fold(item.Fact);
        if (!node.Value.IsDone)
            return;

        order.Remove(node);
        byKey.Remove(key);
    }

    private sealed class Entry
    {
        private readonly bool isMarker;

        /// <summary>What the handler was told last, while that object is still there.</summary>
        private T? before;

        /// <summary>The last state of the object that the handler knows and that is gone.</summary>
        private Notification<T>? deletion;

        /// <summary>What there is now, and not told yet.</summary>
        private T? now;

        private bool isInitial;

        /// <param name="key">The object's key; null for what concerns no object.</param>
        /// <param name="first">The first change. It alone says what the handler knows: whatever came before it was told.</param>
        public Entry(ObjectKey? key, HandlerItem<T> first)
        {
            Key = key;
            Applied = first.Applied;
            isMarker = key is null;
            if (isMarker)
                return;

            before = first.Fact.Type switch
            {
                NotificationType.Updated or NotificationType.Resynced => first.Fact.Old,
                NotificationType.Deleted or NotificationType.DeletedFinalStateUnknown => first.Fact.Object,
                _ => null,
            };
            Fold(first.Fact);
        }

        public ObjectKey? Key { get; }

        public long Applied { get; }

        public bool IsDone => deletion is null && now is null;

        public void Fold(Notification<T> fact)
        {
            switch (fact.Type)
            {
                case NotificationType.Deleted or NotificationType.DeletedFinalStateUnknown:
                    if (before is not null)
                        deletion = fact;

                    before = null;
                    now = null;
                    break;
                case NotificationType.Resynced when now is not null || deletion is not null:
                    // What waits is told anyway.
                    break;
                case NotificationType.Added or NotificationType.AddedInitially:
                    isInitial = fact.Type == NotificationType.AddedInitially;
                    now = fact.Object;
                    break;
                default:
                    now = fact.Object;
                    break;
            }
        }

        public Notification<T> Take()
        {
            if (isMarker)
                return new Notification<T>(NotificationType.Synced);

            if (deletion is { } gone)
            {
                deletion = null;
                return gone;
            }

            T value = now!;
            now = null;
            if (before is null)
                return new Notification<T>(isInitial ? NotificationType.AddedInitially : NotificationType.Added, value);

            return new Notification<T>(ReferenceEquals(before, value) ? NotificationType.Resynced : NotificationType.Updated, value, before);
        }
    }
}
