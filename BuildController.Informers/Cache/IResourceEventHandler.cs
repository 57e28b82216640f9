namespace BuildController.Informers.Cache;

/// <summary>
/// Is told of changes to the local copy. Implement what is of interest; the rest does nothing.
/// </summary>
/// <remarks>
/// The calls of one registration come one at a time, in the order of the changes, on a task of their own; the store is at
/// least as new as the change told. A handler should only note what to do, such as a key in a work queue: while it works,
/// its own events wait as its <see cref="HandlerOptions.Delivery"/> says. What it throws is logged and counted, and the next event follows.
/// </remarks>
/// <typeparam name="T">The object type.</typeparam>
public interface IResourceEventHandler<T>
    where T : class
{
    /// <summary>An object has come.</summary>
    void OnAdded(ObjectAdded<T> added)
    {
    }

    /// <summary>An object has changed, or is told again because a resync is due.</summary>
    void OnUpdated(ObjectUpdated<T> updated)
    {
    }

    /// <summary>An object has gone.</summary>
    void OnDeleted(ObjectDeleted<T> deleted)
    {
    }
}
