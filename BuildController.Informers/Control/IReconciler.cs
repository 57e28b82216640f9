namespace BuildController.Informers.Control;

/// <summary>
/// Brings one object of the world to its desired state: the part of a controller that an operator's author writes.
/// </summary>
/// <remarks>
/// Level-triggered: a key only says where to look. Read the state there is now, compare, act, and be ready to be called
/// again for any reason or none; calls were merged, so how often a key comes says nothing. A key never runs twice at once,
/// different keys run at once on as many workers as the controller has.
/// </remarks>
/// <typeparam name="TKey">What names an object, for example <see cref="Api.ObjectKey"/>.</typeparam>
public interface IReconciler<TKey>
    where TKey : notnull
{
    /// <summary>Reconciles one object, which may be gone by now.</summary>
    /// <param name="context">Which object, and why.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the time for this call is over, when the controller stops and its grace period is over, or when this process
    /// does not lead any more.
    /// </param>
    /// <returns>How it ended: when to come back if there is no event before, or what failed.</returns>
    /// <exception cref="TerminalErrorException">Trying again is of no use until something changes: the key is not retried.</exception>
    /// <exception cref="Exception">Anything else: logged, and the key is retried with back-off for as long as it fails.</exception>
    ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<TKey> context, CancellationToken cancellationToken);
}
