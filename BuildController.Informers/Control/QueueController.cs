using BuildController.Informers.Cache;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.WorkQueue;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Control;

/// <summary>The controller: its life from the wait for caches to the last worker's end. What it does with a key is <see cref="ReconcileRunner{TKey}"/>'s.</summary>
internal sealed partial class QueueController<TKey> : IController, IControllerGauges
    where TKey : notnull
{
    private readonly IWorkQueue<TKey> queue;
    private readonly ReconcileRunner<TKey> runner;
    private readonly ControllerOptions options;
    private readonly OperatorRuntime runtime;
    private readonly ControllerMetrics metrics;
    private readonly ILogger logger;
    private readonly Lock gate = new();

    // Neither source is disposed: a stop may be asked for at any time, also after the end. Both are at rest then and hold nothing.
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource graceEnded;
    private Task? run;
    private volatile bool isStopping;

    public QueueController(IWorkQueue<TKey> queue, IReconciler<TKey> reconciler, ControllerOptions options, OperatorRuntime runtime)
    {
        this.queue = queue;
        this.options = options;
        this.runtime = runtime;
        logger = runtime.LoggerFactory.CreateLogger(typeof(Controller).FullName!);
        metrics = ControllerMetrics.Of(runtime.Meter);
        graceEnded = new CancellationTokenSource(Timeout.InfiniteTimeSpan, runtime.Time);
        runner = new ReconcileRunner<TKey>(queue, reconciler, options, runtime, logger);
    }

    public string Name => options.Name;

    int IControllerGauges.Workers => options.Workers;

    int IControllerGauges.ActiveWorkers => runner.Active;

    public Task RunAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (run is not null)
                throw new InvalidOperationException($"Controller {Name} runs or has run already: make a new one, with a new queue.");

            return run = runtime.Start(() => RunUntilStoppedAsync(cancellationToken));
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        BeginStop();
        using CancellationTokenRegistration hurry = cancellationToken.UnsafeRegister(static self => ((QueueController<TKey>)self!).EndGrace(), this);
        Task? running;
        lock (gate)
            running = run;

        try
        {
            await (running ?? Task.CompletedTask);
        }
        catch (Exception)
        {
            // Logged when it happened, and thrown by RunAsync's task.
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task RunUntilStoppedAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static self => ((QueueController<TKey>)self!).BeginStop(), this);
        metrics.Observe(this);
        try
        {
            if (await CachesSyncedAsync())
                await (options.Leadership is { } leadership ? RunWhileLeadingAsync(leadership) : RunWorkersAsync(term: null));
        }
        catch (Exception error)
        {
            LogFailed(logger, Name, error);
            throw;
        }
        finally
        {
            metrics.Forget(this);
            BeginStop();
            graceEnded.CancelAfter(Timeout.InfiniteTimeSpan); // No timer is left behind.
        }
    }

    /// <returns>False if the controller was stopped meanwhile.</returns>
    private async Task<bool> CachesSyncedAsync()
    {
        LogWaiting(logger, Name, options.WaitFor.Count);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        try
        {
            await Task.WhenAll(options.WaitFor.Select(wait => wait(waiting.Token))).WaitAsync(options.WaitForTimeout, runtime.Time, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (TimeoutException timeout)
        {
            Cancel(waiting);
            ISharedInformer[] missing = [.. options.Caches.Where(static informer => !informer.HasSynced)];
            TimeoutException why = missing.Length > 0 ? new CacheSyncTimeoutException(options.WaitForTimeout, missing) : timeout;
            throw new TimeoutException($"Controller {Name} gave up waiting for its caches to sync after {options.WaitForTimeout}. {(missing.Length > 0 ? why.Message : string.Empty)}".TrimEnd(), why);
        }

        return !stopping.IsCancellationRequested;
    }

    /// <summary>Works from term to term, and waits in between with caches and queue warm.</summary>
    private async Task RunWhileLeadingAsync(ILeadership leadership)
    {
        while (!isStopping && !queue.IsShuttingDown)
        {
            LogStandby(logger, Name);
            try
            {
                using ILeaderTerm term = await leadership.JoinAsync(stopping.Token);
                await RunWorkersAsync(term);
            }
            catch (OperationCanceledException) when (isStopping)
            {
                // The wait for a term is over.
            }
        }
    }

    /// <summary>Works until the controller is stopped or the term ends.</summary>
    private async Task RunWorkersAsync(ILeaderTerm? term)
    {
        LogStarted(logger, Name, options.Workers);
        CancellationToken ended = term?.Ended ?? CancellationToken.None;
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(graceEnded.Token, ended);
        var workers = new Task[options.Workers];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = runtime.Start(() => WorkAsync(term, ended, stopped.Token));

        await Task.WhenAll(workers);
        LogStopped(logger, Name);
    }

    private async Task WorkAsync(ILeaderTerm? term, CancellationToken ended, CancellationToken stopped)
    {
        try
        {
            while (!ended.IsCancellationRequested && await queue.GetAsync(ended) is { IsShutDown: false } item)
            {
                try
                {
                    if (!isStopping)
                        await runner.RunAsync(item, term?.Token, stopped);
                }
                finally
                {
                    queue.Done(item.Key);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The wait for a key is over.
        }
        catch (Exception)
        {
            // Only a queue that is broken gets here. The other workers end too, and the run's task says why.
            BeginStop();
            throw;
        }
    }

    private void BeginStop()
    {
        lock (gate)
        {
            if (isStopping)
                return;

            isStopping = true;
            if (run is not null && options.StopGracePeriod > TimeSpan.Zero)
                graceEnded.CancelAfter(options.StopGracePeriod);
        }

        queue.ShutDown();
        Cancel(stopping);
        if (options.StopGracePeriod == TimeSpan.Zero)
            EndGrace();
    }

    private void EndGrace() => Cancel(graceEnded);

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException error)
        {
            // Thrown by what others registered on the token. It must not keep the rest from stopping.
            LogCancellationFailed(logger, Name, error);
        }
    }
}
