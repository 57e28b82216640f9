using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>A local copy of a resource, whatever its object type; see <see cref="ISharedInformer{T}"/>.</summary>
public interface ISharedInformer
{
    /// <summary>The resource.</summary>
    GroupVersionResource Resource { get; }

    /// <summary>The namespace that is copied; null for all, for several and for cluster-scoped resources.</summary>
    string? Namespace { get; }

    /// <summary>The namespaces that are copied, ordered; empty for all and for cluster-scoped resources.</summary>
    IReadOnlyList<string> Namespaces { get; }

    /// <summary>Whether the initial list is in the store. It stays true when the connection is lost later: see <see cref="Health"/>.</summary>
    bool HasSynced { get; }

    /// <summary>
    /// How the informer gets on with the server; a value of this moment. Of several namespaces it is the one that fares
    /// worst.
    /// </summary>
    InformerHealth Health { get; }

    /// <summary>The health of each namespace that is read for itself, in the order of <see cref="Namespaces"/>; under an empty name where all are read together.</summary>
    IReadOnlyDictionary<string, InformerHealth> HealthByNamespace { get; }

    /// <summary>Waits until <see cref="HasSynced"/>; handlers may be told later: see <see cref="IHandlerRegistration.WaitForSyncAsync"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the informer stopped first.</exception>
    Task WaitForSyncAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until the store has come as far as a version: whoever has written, and was answered with that version, then
    /// reads its own write here, or something newer. Events, lists and bookmarks move the store on; nothing is asked of the server.
    /// Handlers may be told later.
    /// </summary>
    /// <remarks>
    /// Versions that are decimal numbers are compared as such, as Kubernetes has declared them to be for one resource. Of
    /// others only the very version counts, when it is in the store or comes by: if it was replaced before the call, the waiting
    /// ends by its token. Of several namespaces all must have come so far, which those without changes do by their
    /// bookmarks, about once a minute: where the object is at hand, wait for the object. The same holds for a write that the
    /// informer's selectors leave out.
    /// </remarks>
    /// <param name="resourceVersion">The version, of this resource.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the informer stopped first.</exception>
    Task WaitForAsync(string resourceVersion, CancellationToken cancellationToken = default);
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
    /// <param name="options">How it is called; null for the defaults.</param>
    /// <returns>Its registration: dispose it to remove the handler. The informer's stop does so for all.</returns>
    /// <exception cref="ObjectDisposedException">The informer was stopped.</exception>
    IHandlerRegistration AddHandler(IResourceEventHandler<T> handler, HandlerOptions? options = null);

    /// <summary>
    /// The same as a handler is told, as a sequence: what is in the store, then <see cref="InformerChangeKind.Synced"/>, then
    /// every change. Each enumeration begins anew and listens while it lasts; between two steps changes wait as the options say.
    /// It ends when the informer is stopped.
    /// </summary>
    /// <example>
    /// <code>
    /// await foreach (InformerChange&lt;Pod&gt; change in pods.ChangesAsync(cancellationToken: stop))
    /// {
    ///     if (change is { Kind: InformerChangeKind.Deleted, Object: var pod })
    ///         Forget(pod);
    /// }
    /// </code>
    /// </example>
    /// <param name="options">What happens when the enumeration is slow; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ObjectDisposedException">The informer was stopped before the enumeration began.</exception>
    IAsyncEnumerable<InformerChange<T>> ChangesAsync(HandlerOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until the store holds what was written, or something newer, its deletion too; see
    /// <see cref="ISharedInformer.WaitForAsync(string, CancellationToken)"/>. Of several namespaces the object's own counts.
    /// </summary>
    /// <param name="written">The object as the server answered it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The object has no version, or lives in a namespace that is not copied.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the informer stopped first.</exception>
    Task WaitForAsync(T written, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until the store has come as far as an object and no longer holds it; one of its name and another UID does not
    /// count. An object that was only asked to go is waited for until it is gone, finalizers and all.
    /// </summary>
    /// <param name="deleted">The object as it was known before its deletion.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The object has no version, or lives in a namespace that is not copied.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the informer stopped first.</exception>
    Task WaitForDeletionAsync(T deleted, CancellationToken cancellationToken = default);
}
