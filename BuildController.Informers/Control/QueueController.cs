using BuildController.Informers.Execution;
using BuildController.Informers.WorkQueue;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Control;

/// <summary>The controller: its life from the wait for caches to the last worker's end. What it does with a key is <see cref="ReconcileRunner{TKey}"/>'s.</summary>
internal sealed partial class QueueController<TKey> : IController
    where TKey : notnull
{
    private readonly IWorkQueue<TKey> queue;
    private readonly ReconcileRunner<TKey> runner;
    private readonly ControllerOptions options;
    private readonly OperatorRuntime runtime;
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
        graceEnded = new CancellationTokenSource(Timeout.InfiniteTimeSpan, runtime.Time);
        runner = new ReconcileRunner<TKey>(queue, reconciler, options, runtime.Time, logger, graceEnded.Token);
    }

    public string Name => options.Name;

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
        try
        {
            if (await CachesSyncedAsync())
                await RunWorkersAsync();
        }
        catch (Exception error)
        {
            LogFailed(logger, Name, error);
            throw;
        }
        finally
        {
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
            throw new TimeoutException($"Controller {Name} gave up waiting for its caches to sync after {options.WaitForTimeout}.", timeout);
        }

        return !stopping.IsCancellationRequested;
    }

    private async Task RunWorkersAsync()
    {
        LogStarted(logger, Name, options.Workers);
        var workers = new Task[options.Workers];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = runtime.Start(WorkAsync);

        await Task.WhenAll(workers);
        LogStopped(logger, Name);
    }

    private async Task WorkAsync()
    {
        try
        {
            while (await queue.GetAsync() is { IsShutDown: false, Key: var key })
            {
                try
                {
                    if (!isStopping)
                        await runner.RunAsync(key);
                }
                finally
                {
                    queue.Done(key);
                }
            }
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
