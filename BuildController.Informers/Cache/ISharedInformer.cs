using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>A local copy of a resource, whatever its object type; see <see cref="ISharedInformer{T}"/>.</summary>
public interface ISharedInformer
{
    /// <summary>The resource.</summary>
    GroupVersionResource Resource { get; }

    /// <summary>The namespace that is copied, or null for all and for cluster-scoped resources.</summary>
    string? Namespace { get; }

    /// <summary>Whether the initial list is in the store. It stays true when the connection is lost later: see <see cref="Health"/>.</summary>
    bool HasSynced { get; }

    /// <summary>How the informer gets on with the server; a value of this moment.</summary>
    InformerHealth Health { get; }

    /// <summary>Waits until <see cref="HasSynced"/>; handlers may be told later: see <see cref="IHandlerRegistration.WaitForSyncAsync"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the informer stopped first.</exception>
    Task WaitForSyncAsync(CancellationToken cancellationToken = default);
}

/// <summary>
/// A local copy of a resource, kept up by one list and watch for everybody who reads it or wants to be told of its changes.
/// Its <see cref="SharedInformerFactory"/> makes, starts and stops it. Safe for concurrent use.
/// </summary>
/// <remarks>
/// No failure stops it: it goes on for ever, backing off, and says in <see cref="ISharedInformer.Health"/> what is wrong.
/// What a lost connection missed is found by the next list, and told as if it had been seen; a deletion found so is marked
/// as one whose final state is unknown. Of changes between two lists only the last is seen.
/// </remarks>
/// <typeparam name="T">The object type.</typeparam>
public interface ISharedInformer<T> : ISharedInformer
    where T : class
{
    /// <summary>The resource and its object type.</summary>
    ResourceType<T> Type { get; }

    /// <summary>The local copy. It may be read at any time, before the start and after the stop too.</summary>
    IIndexer<T> Indexer { get; }

    /// <summary>
    /// Adds a handler, at any time. It is told first of what is in the store, as added, then of every change from that
    /// moment on: nothing is missed and nothing comes twice. Added twice, a handler is called twice.
    /// </summary>
    /// <param name="handler">The handler.</param>
    /// <returns>Its registration: dispose it to remove the handler. The informer's stop does so for all.</returns>
    /// <exception cref="ObjectDisposedException">The informer was stopped.</exception>
    IHandlerRegistration AddHandler(IResourceEventHandler<T> handler);
}
