using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>How a delta is to be applied.</summary>
/// <param name="IsInitial">Whether the initial list of its source is not complete yet.</param>
/// <param name="TellsUnchanged">Whether anybody wants to be told of what a list shows unchanged.</param>
/// <param name="Namespace">The part of the store that its source speaks for; null for all.</param>
internal readonly record struct DeltaContext(bool IsInitial = false, bool TellsUnchanged = false, string? Namespace = null);

/// <summary>
/// Applies deltas to the store and says what there is to tell, object by object: if one fails, what was told of the others
/// is so.
/// </summary>
internal sealed class DeltaProcessor<T>(ResourceType<T> type)
    where T : class
{
    /// <param name="store">The store.</param>
    /// <param name="delta">What has been learnt.</param>
    /// <param name="context">How to apply it.</param>
    /// <param name="facts">Receives what there is to tell.</param>
    public void Apply(StoreEditor<T> store, Delta<T> delta, DeltaContext context, List<Notification<T>> facts)
    {
        switch (delta.Type)
        {
            case DeltaType.Upserted:
                Upsert(store, delta.Object!, context, facts);
                break;
            case DeltaType.Deleted:
                Delete(store, delta.Object!, facts);
                break;
            case DeltaType.Replaced:
                Replace(store, delta.Items, context, facts);
                break;
            case DeltaType.Resync when context.TellsUnchanged:
                foreach (T item in store.List(null))
                    facts.Add(new Notification<T>(NotificationType.Resynced, item, item));

                break;
        }

        if (delta.ResourceVersion.Length > 0)
            store.ResourceVersion = delta.ResourceVersion;
    }

    private void Upsert(StoreEditor<T> store, T item, DeltaContext context, List<Notification<T>> facts)
    {
        MetadataView now = type.Metadata(item);
        if (store.Find(now.Key) is not { } old)
        {
            store.Set(item);
            facts.Add(new Notification<T>(context.IsInitial ? NotificationType.AddedInitially : NotificationType.Added, item));
            return;
        }

        MetadataView before = type.Metadata(old);
        if (now.Uid != before.Uid)
        {
            // Deleted and created again unseen: two facts, or an owner would take the new object for its own.
            store.Set(item);
            facts.Add(new Notification<T>(NotificationType.DeletedFinalStateUnknown, old));
            facts.Add(new Notification<T>(NotificationType.Added, item));
            return;
        }

        // The version that is here already: keep the instance that everybody holds, and wake nobody who did not ask for it.
        if (now.ResourceVersion.Length > 0 && now.ResourceVersion == before.ResourceVersion)
        {
            if (context.TellsUnchanged)
                facts.Add(new Notification<T>(NotificationType.Resynced, old, old));

            return;
        }

        store.Set(item);
        facts.Add(new Notification<T>(NotificationType.Updated, item, old));
    }

    private void Delete(StoreEditor<T> store, T lastState, List<Notification<T>> facts)
    {
        MetadataView gone = type.Metadata(lastState);
        if (store.Remove(gone.Key) is not { } old)
            return;

        bool isAnother = type.Metadata(old).Uid != gone.Uid;
        facts.Add(isAnother
            ? new Notification<T>(NotificationType.DeletedFinalStateUnknown, old)
            : new Notification<T>(NotificationType.Deleted, lastState));
    }

    private void Replace(StoreEditor<T> store, IReadOnlyList<T> items, DeltaContext context, List<Notification<T>> facts)
    {
        foreach (T missing in Missing(store.List(context.Namespace), items))
        {
            store.Remove(type.KeyOf(missing));
            facts.Add(new Notification<T>(NotificationType.DeletedFinalStateUnknown, missing));
        }

        foreach (T item in items)
            Upsert(store, item, context, facts);
    }

    private List<T> Missing(IReadOnlyCollection<T> present, IReadOnlyList<T> items)
    {
        var missing = new List<T>();
        if (present.Count == 0)
            return missing;

        var listed = new HashSet<ObjectKey>(items.Count);
        foreach (T item in items)
            listed.Add(type.KeyOf(item));

        foreach (T item in present)
        {
            if (!listed.Contains(type.KeyOf(item)))
                missing.Add(item);
        }

        return missing;
    }
}
