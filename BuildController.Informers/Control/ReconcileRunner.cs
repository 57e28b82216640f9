using BuildController.Informers.WorkQueue;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Control;

/// <summary>Reconciles a key once and decides when it comes back. The whole retry policy is the one try statement below.</summary>
internal sealed partial class ReconcileRunner<TKey>(
    IWorkQueue<TKey> queue,
    IReconciler<TKey> reconciler,
    ControllerOptions options,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopped)
    where TKey : notnull
{
    /// <summary>Ends without an exception, whatever the reconciler does.</summary>
    public async Task RunAsync(TKey key)
    {
        using CancellationTokenSource? timeout = StartTimeout();
        using CancellationTokenSource? either = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopped);
        try
        {
            ReconcileResult result = await reconciler.ReconcileAsync(key, either?.Token ?? stopped);
            queue.Forget(key);
            if (result.RequeueDelay is { } delay)
                queue.AddAfter(key, delay);
        }
        catch (TerminalErrorException error)
        {
            LogTerminal(logger, options.Name, key, error);
            queue.Forget(key);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            LogCancelled(logger, options.Name, key);
        }
        catch (OperationCanceledException error) when (timeout is { IsCancellationRequested: true })
        {
            LogTimedOut(logger, options.Name, key, options.ReconcileTimeout, error);
            Retry(key);
        }
        catch (Exception error)
        {
            // Also a cancellation that nobody here asked for, for example of a request whose own time was over.
            LogReconcileFailed(logger, options.Name, key, queue.Retries(key), error);
            Retry(key);
        }
    }

    private CancellationTokenSource? StartTimeout() =>
        options.ReconcileTimeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(options.ReconcileTimeout, time);

    private void Retry(TKey key)
    {
        if (queue.Retries(key) >= options.FastRetries)
            queue.AddAfter(key, options.SlowRetryInterval);
        else
            queue.AddRateLimited(key);
    }
}
