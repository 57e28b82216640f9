using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Client;

/// <summary>
/// Optimistic concurrency for those who are not a controller, whose next reconciliation does the same: when a write meets a conflict,
/// read again, decide again, write again.
/// </summary>
/// <example>
/// <code>
/// await ConflictRetry.RunAsync(async token =>
/// {
///     Widget widget = await widgets.GetAsync(key, token);
///     return await widgets.PatchAsync(key, Grow(widget), token); // with widget's resourceVersion in the patch
/// });
/// </code>
/// </example>
public static class ConflictRetry
{
    /// <summary>Runs the work until it meets no conflict.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="readDecideWrite">
    /// Reads the object, decides from what it read and writes under the condition of the version read, all of it anew at each call:
    /// what was read before is stale, and an informer's store may be as stale. It is called by one caller at a time.
    /// </param>
    /// <param name="options">How often and how fast; null for <see cref="ConflictRetryOptions.Default"/>.</param>
    /// <param name="runtime">Clock, jitter and logs; null for the real ones.</param>
    /// <param name="cancellationToken">Ends the work and the waits.</param>
    /// <exception cref="ApiException">The last conflict, as it came, when all tries met one; or at once anything else that the work throws.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> readDecideWrite, ConflictRetryOptions? options = null, OperatorRuntime? runtime = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(readDecideWrite);
        options ??= ConflictRetryOptions.Default;
        runtime ??= OperatorRuntime.Default;
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan delay;
            try
            {
                return await readDecideWrite(cancellationToken);
            }
            catch (ApiException conflict) when (conflict.IsConflict && attempt < options.MaxAttempts)
            {
                delay = options.DelayBefore(attempt + 1, runtime.NextDouble());
                runtime.LoggerFactory.CreateLogger(typeof(ConflictRetry)).DecidingAgain(conflict, delay.TotalMilliseconds, attempt + 1, options.MaxAttempts);
            }

            await Task.Delay(delay, runtime.Time, cancellationToken);
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(
        Func<CancellationToken, Task> readDecideWrite, ConflictRetryOptions? options = null, OperatorRuntime? runtime = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(readDecideWrite);
        return RunAsync(RunOnceAsync, options, runtime, cancellationToken);

        async Task<bool> RunOnceAsync(CancellationToken token)
        {
            await readDecideWrite(token);
            return true;
        }
    }
}
