using System.Diagnostics;
using BuildController.Informers.Api;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.WorkQueue;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Control;

/// <summary>Reconciles a key once and decides when it comes back. Nothing that a reconciler does gets past it.</summary>
internal sealed partial class ReconcileRunner<TKey>(
    IWorkQueue<TKey> queue, IReconciler<TKey> reconciler, ControllerOptions options, OperatorRuntime runtime, ILogger logger)
    where TKey : notnull
{
    private readonly TimeProvider time = runtime.Time;
    private readonly ControllerMetrics metrics = ControllerMetrics.Of(runtime.Meter);
    private readonly HotLoopGuard<TKey>? guard = options.HotLoopBurst is { } burst ? new HotLoopGuard<TKey>(burst, options.HotLoopInterval, runtime.Time) : null;
    private int active;

    /// <summary>How many keys are being reconciled.</summary>
    public int Active => Volatile.Read(ref active);

    /// <summary>Ends without an exception, whatever the reconciler does.</summary>
    /// <param name="item">The key, which the caller gives back.</param>
    /// <param name="term">The term of leadership, or null.</param>
    /// <param name="stopped">Ends the reconciliation.</param>
    public async Task RunAsync(WorkItem<TKey> item, FencingToken? term, CancellationToken stopped)
    {
        if (stopped.IsCancellationRequested)
        {
            Keep(item);
            return;
        }

        if (IsPutOff(item))
            return;

        long started = time.GetTimestamp();
        using Activity? span = StartSpan(item);
        Interlocked.Increment(ref active);
        ReconcileOutcome outcome;
        try
        {
            outcome = await ReconcileAsync(item, term, stopped);
        }
        finally
        {
            Interlocked.Decrement(ref active);
        }

        Settle(item, outcome);
        metrics.Reconciled(options.Name, outcome.Name, time.GetElapsedTime(started));
        EndSpan(span, outcome);
    }

    private async ValueTask<ReconcileOutcome> ReconcileAsync(WorkItem<TKey> item, FencingToken? term, CancellationToken stopped)
    {
        using CancellationTokenSource? timeout = StartTimeout();
        using CancellationTokenSource? either = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopped);
        try
        {
            return ReconcileOutcome.Of(await reconciler.ReconcileAsync(ContextOf(item, term), either?.Token ?? stopped));
        }
        catch (TerminalErrorException error)
        {
            return new ReconcileOutcome(OutcomeKind.TerminalError, Error: error);
        }
        catch (OperationCanceledException error) when (stopped.IsCancellationRequested)
        {
            return new ReconcileOutcome(OutcomeKind.Cancelled, Error: error);
        }
        catch (ApiException error) when (error.IsNotLeading && term is not null)
        {
            // The fence knew before the term's end was told.
            return new ReconcileOutcome(OutcomeKind.Cancelled, Error: error);
        }
        catch (OperationCanceledException error) when (timeout is { IsCancellationRequested: true })
        {
            return new ReconcileOutcome(OutcomeKind.Timeout, Error: error);
        }
        catch (Exception error)
        {
            // Also a cancellation that nobody here asked for, for example of a request whose own time was over.
            return new ReconcileOutcome(OutcomeKind.Error, Error: error);
        }
    }

    /// <summary>The whole retry policy.</summary>
    private void Settle(in WorkItem<TKey> item, in ReconcileOutcome outcome)
    {
        TKey key = item.Key;
        switch (outcome.Kind)
        {
            case OutcomeKind.Success:
                queue.Forget(key);
                break;
            case OutcomeKind.RequeueAfter:
                queue.Forget(key);
                queue.Add(key, new AddOptions { After = outcome.RequeueDelay, Priority = item.Priority, Causes = [CauseOf(CauseKind.Requeued)] });
                break;
            case OutcomeKind.TerminalError:
                LogTerminal(logger, options.Name, key, outcome.Error!);
                queue.Forget(key);
                break;
            case OutcomeKind.Cancelled:
                LogCancelled(logger, options.Name, key);
                Keep(item);
                break;
            case OutcomeKind.Timeout:
                LogTimedOut(logger, options.Name, key, options.ReconcileTimeout, outcome.Error!);
                Retry(item);
                break;
            default:
                LogReconcileFailed(logger, options.Name, key, queue.Retries(key), outcome.Error!);
                Retry(item);
                break;
        }
    }

    /// <summary>For the next term, where this process only does not lead any more; where the controller stops the queue refuses it.</summary>
    private void Keep(in WorkItem<TKey> item) => queue.Add(item.Key, new AddOptions { Priority = item.Priority, Causes = item.Causes });

    private void Retry(in WorkItem<TKey> item)
    {
        bool isSlow = queue.Retries(item.Key) >= options.FastRetries;
        queue.Add(item.Key, new AddOptions
        {
            IsRateLimited = !isSlow,
            After = isSlow ? options.SlowRetryInterval : default,
            Priority = item.Priority,
            Causes = [.. item.Causes, CauseOf(CauseKind.Retried)],
        });
    }

    /// <summary>Whether the key comes too often; then it comes back later, with its reasons.</summary>
    private bool IsPutOff(in WorkItem<TKey> item)
    {
        if (guard is null || guard.Delay(item.Key, out bool isFirst) is not { Ticks: > 0 } delay)
            return false;

        if (isFirst)
            LogHotLoop(logger, options.Name, item.Key, options.HotLoopBurst!.Value, options.HotLoopInterval);

        metrics.Deferred(options.Name);
        queue.Add(item.Key, new AddOptions { After = delay, Priority = item.Priority, Causes = item.Causes });
        return true;
    }

    private ReconcileContext<TKey> ContextOf(in WorkItem<TKey> item, FencingToken? term) => new(item.Key)
    {
        Causes = item.Causes,
        OmittedCauses = item.OmittedCauses,
        Retries = queue.Retries(item.Key),
        Priority = item.Priority,
        Waited = item.Waited,
        Controller = options.Name,
        Term = term,
    };

    private WorkCause CauseOf(CauseKind kind) => new() { Kind = kind, Time = time.GetUtcNow() };

    private CancellationTokenSource? StartTimeout() =>
        options.ReconcileTimeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(options.ReconcileTimeout, time);

    private Activity? StartSpan(in WorkItem<TKey> item)
    {
        if (!ActivityNames.Source.HasListeners())
            return null;

        // Part of the trace in which the key waited; where there is none, linked to the spans in which it was added.
        return ActivityNames.Source.StartActivity(
            ActivityNames.Reconcile,
            ActivityKind.Internal,
            item.Wait,
            [new(ActivityNames.ControllerTag, options.Name), new(ActivityNames.KeyTag, item.Key.ToString())],
            item.Links,
            time.GetUtcNow());
    }

    private void EndSpan(Activity? span, in ReconcileOutcome outcome)
    {
        if (span is null)
            return;

        span.SetTag(ActivityNames.ResultTag, outcome.Name);
        if (outcome is { Error: { } error, Kind: not OutcomeKind.Cancelled })
            span.Fail(error);

        span.End(time);
    }
}
