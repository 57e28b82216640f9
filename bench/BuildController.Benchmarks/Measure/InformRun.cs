using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.WorkQueue;

namespace BuildController.Benchmarks.Measure;

/// <summary>One informer, one handler that enqueues keys, and workers that look the objects up.</summary>
internal sealed class InformRun<T> : IAsyncDisposable
    where T : class
{
    private const string Who = "buildcontroller";

    private readonly InformOptions options;
    private readonly HttpClientset clientset;
    private readonly SharedInformerFactory factory;
    private readonly ISharedInformer<T> informer;
    private readonly IHandlerRegistration handler;
    private readonly WorkQueue<ObjectKey> queue = new(new WorkQueueOptions<ObjectKey> { Name = "bench" }, OperatorRuntime.Default);
    private readonly TaskCompletionSource allHandled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task[] workers;
    private int updates;
    private int atWork;
    private long missing;

    public InformRun(ResourceType<T> type, InformOptions options)
    {
        this.options = options;
        clientset = new HttpClientset(new ClusterConfiguration { Server = options.Server }, OperatorRuntime.Default);
        factory = new SharedInformerFactory(clientset, new SharedInformerFactoryOptions { Namespace = "bench" });
        informer = factory.For(type);
        handler = informer.AddHandler(ResourceEventHandler.Create<T>(
            added => queue.Add(type.KeyOf(added.Object)),
            updated =>
            {
                queue.Add(type.KeyOf(updated.New));
                if (++updates == options.Events)
                    allHandled.TrySetResult();
            },
            deleted => queue.Add(type.KeyOf(deleted.LastKnown))));
        workers = [.. Enumerable.Range(0, options.Workers).Select(_ => OperatorRuntime.Default.Start(WorkAsync))];
    }

    /// <returns>Whether everything came out as it should.</returns>
    public async Task<bool> MeasureAsync(CancellationToken stop)
    {
        long baseline = Report.SettledHeap();

        Phase list = Phase.Begin();
        factory.Start();
        await handler.WaitForSyncAsync(stop);
        await WorkedOffAsync(stop);
        Report.List(Who, informer.Indexer.Count, list.End());
        double peak = PeakMemory.ResidentMib();
        PeakMemory.Forget();

        Phase watch = Phase.Begin();
        if (options.Events > 0)
        {
            await StartAsync(stop);
            await allHandled.Task.WaitAsync(stop);
        }

        await WorkedOffAsync(stop);
        PhaseCost cost = watch.End();
        bool synced = informer.HasSynced && informer.Indexer.Count == options.Count && missing == 0;
        Report.Watch(Who, updates, cost, synced);
        Report.WatchPeak(Who, PeakMemory.ResidentMib());
        if (options.Relist)
        {
            // Versions that the watch replaced are not the relist's.
            Report.SettledHeap();
            PeakMemory.Forget();
            await RelistAsync(stop);
            peak = Math.Max(peak, PeakMemory.ResidentMib());
        }

        Report.Memory(Who, baseline, informer.Indexer.Count, peak);
        return synced;
    }

    public async ValueTask DisposeAsync()
    {
        await factory.DisposeAsync();
        queue.ShutDown();
        await Task.WhenAll(workers);
        await clientset.DisposeAsync();
    }

    private async Task RelistAsync(CancellationToken stop)
    {
        // A list is seen from outside by the health alone: the failed watch before it, and the watch opened after it.
        Phase relist = Phase.Begin();
        await StartAsync(stop);
        while (informer.Health.LastError is null)
            await Task.Delay(1, stop);

        while (informer.Health.LastError is not null)
            await Task.Delay(1, stop);

        await WorkedOffAsync(stop);
        Report.Relist(Who, informer.Indexer.Count, relist.End());
    }

    /// <summary>Tells the replay server to let the watch go on.</summary>
    private async Task StartAsync(CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = options.Server, Timeout = Timeout.InfiniteTimeSpan };
        (await client.GetAsync("/start", stop)).EnsureSuccessStatusCode();
    }

    private async Task WorkedOffAsync(CancellationToken stop)
    {
        while (queue.Count > 0 || Volatile.Read(ref atWork) > 0)
            await Task.Delay(1, stop);
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            WorkItem<ObjectKey> item = await queue.GetAsync();
            if (item.IsShutDown)
                return;

            Interlocked.Increment(ref atWork);
            if (informer.Indexer.Find(item.Key) is null)
                Interlocked.Increment(ref missing);

            queue.Forget(item.Key);
            queue.Done(item.Key);
            Interlocked.Decrement(ref atWork);
        }
    }
}
