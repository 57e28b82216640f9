using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>
/// The verbs of one resource. Safe for concurrent use. A request that fails throws <see cref="ApiException"/> and nothing
/// else; one that was cancelled throws <see cref="OperationCanceledException"/>. Nothing is retried here: policies are
/// the caller's, who may put <see cref="ClientsetExtensions.WithRetry"/> in front.
/// </summary>
/// <typeparam name="T">The type that objects are decoded to.</typeparam>
public interface IResourceClient<T>
    where T : class
{
    /// <summary>The resource.</summary>
    ResourceType<T> Type { get; }

    /// <summary>Reads one object, as fresh as the server has it.</summary>
    Task<T> GetAsync(ObjectKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists one page, or everything where <see cref="ListOptions.Limit"/> is 0, and hands over each object as soon as it is
    /// decoded: no more than one object is held. When the list fails midway, the objects handed over so far are no list.
    /// </summary>
    /// <param name="namespace">The namespace, or null for all of them and for cluster-scoped resources.</param>
    /// <param name="options">What to list, and how fresh.</param>
    /// <param name="visit">Called for each object in the server's order, never concurrently.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The list's version and the token of the next page.</returns>
    Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<T> visit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a watch. Completes when the server has accepted it, before the first event; a refused watch throws here.
    /// </summary>
    /// <param name="namespace">The namespace, or null for all of them and for cluster-scoped resources.</param>
    /// <param name="options">From which version, and what to select.</param>
    /// <param name="cancellationToken">Ends the opening and, later, the stream.</param>
    /// <returns>The stream; the caller disposes it on every path.</returns>
    Task<IWatchStream<T>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default);

    /// <summary>Creates an object.</summary>
    /// <returns>The object as the server keeps it, with its name, UID and version.</returns>
    Task<T> CreateAsync(T value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces the whole object. The object's own resourceVersion is the precondition: when the object has moved on, the
    /// server answers <see cref="ApiErrorReason.Conflict"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The type does not keep unknown fields: replacing would lose them. Patch instead.</exception>
    Task<T> ReplaceAsync(T value, CancellationToken cancellationToken = default);

    /// <summary>Changes an object by a patch.</summary>
    /// <param name="key">The object.</param>
    /// <param name="patch">The change; with a resourceVersion in its metadata it is conditional.</param>
    /// <param name="cancellationToken">Ends the request; the patch may have been applied all the same.</param>
    /// <returns>The object as it is now.</returns>
    Task<T> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default);

    /// <summary>Changes an object's status by a patch; the rest of the object is not touched, whatever the patch says.</summary>
    /// <inheritdoc cref="PatchAsync"/>
    Task<T> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the object to go. It may stay for a while: until its grace period is over and its finalizers are gone.
    /// </summary>
    /// <param name="key">The object.</param>
    /// <param name="options">Preconditions and how to treat what it owns; null for none.</param>
    /// <param name="cancellationToken">Ends the request; the delete may have been applied all the same.</param>
    Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default);
}
