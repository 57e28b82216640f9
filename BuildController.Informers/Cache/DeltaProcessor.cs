using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Applies deltas to a snapshot and says what there is to tell: a pure function of what it is given.</summary>
internal sealed class DeltaProcessor<T>(ResourceType<T> type)
    where T : class
{
    /// <param name="store">The store before.</param>
    /// <param name="delta">What has been learnt.</param>
    /// <param name="isInitial">Whether the initial list is not complete yet.</param>
    /// <param name="facts">Receives what there is to tell.</param>
    /// <returns>The store after.</returns>
    public StoreSnapshot<T> Apply(StoreSnapshot<T> store, Delta<T> delta, bool isInitial, List<Notification<T>> facts)
    {
        store = delta.Type switch
        {
            DeltaType.Upserted => Upsert(store, delta.Object!, isInitial, facts),
            DeltaType.Deleted => Delete(store, delta.Object!, facts),
            DeltaType.Replaced => Replace(store, delta.Items, isInitial, facts),
            _ => store,
        };
        return store.At(delta.ResourceVersion);
    }

    private StoreSnapshot<T> Upsert(StoreSnapshot<T> store, T item, bool isInitial, List<Notification<T>> facts)
    {
        MetadataView now = type.Metadata(item);
        if (store.Find(now.Key) is not { } old)
        {
            facts.Add(new Notification<T>(isInitial ? NotificationType.AddedInitially : NotificationType.Added, item));
            return store.With(item, out _);
        }

        MetadataView before = type.Metadata(old);
        if (now.Uid != before.Uid)
        {
            // Deleted and created again unseen: two facts, or an owner would take the new object for its own.
            facts.Add(new Notification<T>(NotificationType.DeletedFinalStateUnknown, old));
            facts.Add(new Notification<T>(NotificationType.Added, item));
            return store.With(item, out _);
        }

        // The version that is here already: keep the instance that everybody holds, and do not wake anybody.
        if (now.ResourceVersion.Length > 0 && now.ResourceVersion == before.ResourceVersion)
            return store;

        facts.Add(new Notification<T>(NotificationType.Updated, item, old));
        return store.With(item, out _);
    }

    private StoreSnapshot<T> Delete(StoreSnapshot<T> store, T lastState, List<Notification<T>> facts)
    {
        MetadataView gone = type.Metadata(lastState);
        store = store.Without(gone.Key, out T? old);
        if (old is null)
            return store;

        bool isAnother = type.Metadata(old).Uid != gone.Uid;
        facts.Add(isAnother
            ? new Notification<T>(NotificationType.DeletedFinalStateUnknown, old)
            : new Notification<T>(NotificationType.Deleted, lastState));
        return store;
    }

    private StoreSnapshot<T> Replace(StoreSnapshot<T> store, IReadOnlyList<T> items, bool isInitial, List<Notification<T>> facts)
    {
        StoreSnapshot<T> before = store;
        if (before.Count > 0)
        {
            var listed = new HashSet<ObjectKey>(items.Count);
            foreach (T item in items)
                listed.Add(type.KeyOf(item));

            foreach (T item in before)
            {
                ObjectKey key = type.KeyOf(item);
                if (listed.Contains(key))
                    continue;

                facts.Add(new Notification<T>(NotificationType.DeletedFinalStateUnknown, item));
                store = store.Without(key, out _);
            }
        }

        foreach (T item in items)
            store = Upsert(store, item, isInitial, facts);

        return store;
    }
}
