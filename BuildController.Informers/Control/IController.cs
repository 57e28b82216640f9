namespace BuildController.Informers.Control;

/// <summary>
/// Workers that take keys from a queue and reconcile them. Made by <see cref="Controller.Create"/>, runs once, and is safe for
/// concurrent use.
/// </summary>
/// <remarks>
/// Stopping is one sequence, whoever asks for it. The queue is shut down; no further key is reconciled; what runs may go
/// on for <see cref="ControllerOptions.StopGracePeriod"/>, then its token is cancelled; what runs is awaited in either case.
/// Keys that were queued are dropped: the next process reads the world anew. Disposing stops and waits. A term of
/// leadership that ends is no stop: see <see cref="ControllerOptions.Leadership"/>.
/// </remarks>
public interface IController : IAsyncDisposable
{
    /// <summary>What logs and metrics call the controller.</summary>
    string Name { get; }

    /// <summary>
    /// Waits for the caches, starts the workers on the runtime's scheduler, and runs until the controller is stopped.
    /// </summary>
    /// <param name="cancellationToken">Stops the controller in order: the task then ends without an exception, once all work has ended.</param>
    /// <returns>A task that ends when nothing of the controller runs any more.</returns>
    /// <exception cref="InvalidOperationException">The controller runs or has run already.</exception>
    /// <exception cref="TimeoutException">In the task: the caches have not synced in <see cref="ControllerOptions.WaitForTimeout"/>.</exception>
    Task RunAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the controller and waits until nothing of it runs. Never throws what the run threw.</summary>
    /// <param name="cancellationToken">Ends the grace period, not the wait: what runs is cancelled at once, and still awaited.</param>
    Task StopAsync(CancellationToken cancellationToken = default);
}
