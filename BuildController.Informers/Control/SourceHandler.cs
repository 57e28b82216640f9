using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.WorkQueue;

namespace BuildController.Informers.Control;

/// <summary>Makes of the events of one resource keys in a controller's queue, with what happened as their reason.</summary>
internal sealed class SourceHandler<T>(
    ResourceType<T> type, Func<T, IEnumerable<ObjectKey>> keysOf, SourceOptions<T> options, IWorkQueue<ObjectKey> queue, TimeProvider time) : IResourceEventHandler<T>
    where T : class
{
    public void OnAdded(ObjectAdded<T> added) =>
        Handle(new Notification<T>(added.IsInitialList ? NotificationType.AddedInitially : NotificationType.Added, added.Object));

    public void OnUpdated(ObjectUpdated<T> updated) =>
        Handle(new Notification<T>(updated.IsResync ? NotificationType.Resynced : NotificationType.Updated, updated.New, updated.Old));

    public void OnDeleted(ObjectDeleted<T> deleted) =>
        Handle(new Notification<T>(deleted.IsFinalStateUnknown ? NotificationType.DeletedFinalStateUnknown : NotificationType.Deleted, deleted.LastKnown));

    private void Handle(Notification<T> fact)
    {
        if (options.Where is { } where && !where(new InformerChange<T>(fact)))
            return;

        bool isLive = fact.Type is not (NotificationType.AddedInitially or NotificationType.Resynced);
        var add = new AddOptions
        {
            After = options.After,
            Priority = options.Priority ?? (isLive ? WorkPriority.Normal : WorkPriority.Low),
            Causes = [CauseOf(fact)],
        };

        // Also whom it belonged to before: an object that has changed hands concerns both.
        IEnumerable<ObjectKey> keys = keysOf(fact.Object!);
        if (fact.Old is not null && isLive)
            keys = keys.Union(keysOf(fact.Old));

        foreach (ObjectKey key in keys)
            queue.Add(key, add);
    }

    private WorkCause CauseOf(Notification<T> fact)
    {
        MetadataView metadata = type.Metadata(fact.Object!);
        return new WorkCause
        {
            Kind = fact.Type switch
            {
                NotificationType.Added => CauseKind.Added,
                NotificationType.AddedInitially => CauseKind.Initial,
                NotificationType.Updated => CauseKind.Updated,
                NotificationType.Resynced => CauseKind.Resync,
                _ => CauseKind.Deleted,
            },
            Resource = type.Resource,
            Object = metadata.Key,
            ResourceVersion = metadata.ResourceVersion,
            Time = time.GetUtcNow(),
        };
    }
}
