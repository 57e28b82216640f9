using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Makes handlers from delegates.</summary>
public static class ResourceEventHandler
{
    /// <summary>A handler that calls what is given.</summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="added">Called for an object that has come; null for nothing.</param>
    /// <param name="updated">Called for an object that has changed; null for nothing.</param>
    /// <param name="deleted">Called for an object that has gone; null for nothing.</param>
    public static IResourceEventHandler<T> Create<T>(
        Action<ObjectAdded<T>>? added = null, Action<ObjectUpdated<T>>? updated = null, Action<ObjectDeleted<T>>? deleted = null)
        where T : class => new DelegateHandler<T>(added, updated, deleted);

    /// <summary>
    /// A handler that makes of every event the key of its object: what a controller wants that looks at the state of the
    /// world and not at what happened to it.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">Tells the keys.</param>
    /// <param name="changed">Takes the key, for example into a work queue.</param>
    public static IResourceEventHandler<T> ForKeys<T>(ResourceType<T> type, Action<ObjectKey> changed)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(changed);
        return Create<T>(
            added => changed(type.KeyOf(added.Object)),
            updated => changed(type.KeyOf(updated.New)),
            deleted => changed(type.KeyOf(deleted.LastKnown)));
    }

    /// <summary>Adds a handler that makes of every event the key of its object; see <see cref="ForKeys"/>.</summary>
    public static IHandlerRegistration AddKeyHandler<T>(this ISharedInformer<T> informer, Action<ObjectKey> changed, HandlerOptions? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(informer);
        return informer.AddHandler(ForKeys(informer.Type, changed), options);
    }

    private sealed class DelegateHandler<T>(
        Action<ObjectAdded<T>>? added, Action<ObjectUpdated<T>>? updated, Action<ObjectDeleted<T>>? deleted) : IResourceEventHandler<T>
        where T : class
    {
        public void OnAdded(ObjectAdded<T> e) => added?.Invoke(e);

        public void OnUpdated(ObjectUpdated<T> e) => updated?.Invoke(e);

        public void OnDeleted(ObjectDeleted<T> e) => deleted?.Invoke(e);
    }
}
