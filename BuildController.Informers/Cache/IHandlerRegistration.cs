namespace BuildController.Informers.Cache;

/// <summary>
/// A handler's place at an informer. Disposing it removes the handler: no call begins after that, calls not yet made are
/// dropped, and the returned task ends when a call under way has ended. It may be disposed often, at any time, and from
/// inside the handler's own call, which it then does not wait for.
/// </summary>
public interface IHandlerRegistration : IAsyncDisposable
{
    /// <summary>Whether the handler has been called for every object that was there when it began to listen.</summary>
    bool HasSynced { get; }

    /// <summary>How many calls of the handler have thrown.</summary>
    long Failures { get; }

    /// <summary>
    /// Waits until <see cref="HasSynced"/>. A handler that throws does not hold it up.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the handler was removed or its informer stopped first.</exception>
    Task WaitForSyncAsync(CancellationToken cancellationToken = default);
}
