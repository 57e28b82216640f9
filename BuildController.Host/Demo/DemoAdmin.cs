using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Host.Samples;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;

namespace BuildController.Host.Demo;

/// <summary>
/// An admin at work: writes to the sample pool and its inputs through the API, and sees what becomes of it through informers,
/// so that a wait ends with the event that it waits for.
/// </summary>
internal sealed class DemoAdmin : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For all waits together: the tour ends within a minute, whatever happens.</summary>
    private static readonly TimeSpan PatienceInAll = TimeSpan.FromSeconds(50);

    private readonly ImageBuildOptions options = new();
    private readonly OperatorRuntime runtime;
    private readonly IClientset clientset;
    private readonly SharedInformerFactory informers;
    private readonly ISharedInformer<MachineConfigPool> pools;
    private readonly ISharedInformer<Pod> pods;
    private readonly ISharedInformer<ConfigMap> maps;
    private readonly ISharedInformer<CoreEvent> events;
    private readonly Lock gate = new();
    private readonly long started;
    private TaskCompletionSource changed = NewSignal();

    public DemoAdmin(IClientset clientset, OperatorRuntime runtime)
    {
        this.clientset = clientset;
        this.runtime = runtime;
        started = runtime.Time.GetTimestamp();
        informers = new SharedInformerFactory(clientset, new SharedInformerFactoryOptions { Namespace = options.Namespace }, runtime);
        pools = informers.For(Resources.MachineConfigPools);
        pods = informers.For(Resources.Pods);
        maps = informers.For(Resources.ConfigMaps);
        events = informers.For(CoreEvent.ResourceType, new InformerOptions<CoreEvent> { Namespace = "default" });
        pools.AddKeyHandler(_ => Signal());
        pods.AddKeyHandler(_ => Signal());
        maps.AddKeyHandler(_ => Signal());
        events.AddKeyHandler(_ => Signal());
    }

    /// <summary>What the admin sees now.</summary>
    public DemoView View => new(
        pools.Indexer.Find(new ObjectKey(SampleCluster.Pool))!,
        [.. pods.Indexer.List().Where(static pod => BuildLabels.AreOurs(pod.Metadata.Labels))],
        [.. maps.Indexer.List().Where(static map => BuildLabels.AreOurs(map.Metadata.Labels))],
        [.. events.Indexer.List()]);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        informers.Start();
        await informers.WaitForSyncAsync(Patience, cancellationToken);
    }

    public ValueTask DisposeAsync() => informers.DisposeAsync();

    public Task OptInAsync(CancellationToken cancellationToken) => SampleCluster.OptInAsync(clientset, cancellationToken);

    /// <summary>Asks for a rebuild. Returns the pool as it was then.</summary>
    public Task<MachineConfigPool> RequestRebuildAsync(string value, CancellationToken cancellationToken) => AnnotateAsync(PoolKeys.RebuildImage, value, cancellationToken);

    public Task ResetRetriesAsync(CancellationToken cancellationToken) => AnnotateAsync(PoolKeys.BuildRetries, value: null, cancellationToken);

    public Task SetCustomContainerfileAsync(string text, CancellationToken cancellationToken) => clientset.Resource(Resources.ConfigMaps).PatchAsync(
        new ObjectKey(options.Namespace, InputNames.CustomContainerfile),
        Patch.Merge(new JsonObject { ["data"] = new JsonObject { [SampleCluster.Pool] = text } }),
        cancellationToken);

    /// <summary>Waits until the admin sees something.</summary>
    /// <param name="what">What is waited for, to say what did not come.</param>
    /// <param name="isSeen">Looks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StepFailedException">It did not come in time.</exception>
    public async Task<DemoView> WaitAsync(string what, Func<DemoView, bool> isSeen, CancellationToken cancellationToken)
    {
        TimeSpan left = PatienceInAll - runtime.Time.GetElapsedTime(started);
        TimeSpan longest = left < Patience ? left : Patience;
        using var patience = new CancellationTokenSource(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (true)
        {
            Task next = NextChangeAsync();
            DemoView view = View;
            if (isSeen(view))
                return view;

            try
            {
                await next.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StepFailedException($"{what} did not come within {longest.TotalSeconds:0} s; the pool says: {view.Describe()}");
            }
        }
    }

    private Task<MachineConfigPool> AnnotateAsync(string key, string? value, CancellationToken cancellationToken) => clientset.Resource(Resources.MachineConfigPools).PatchAsync(
        new ObjectKey(SampleCluster.Pool),
        Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [key] = value } } }),
        cancellationToken);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Awaits here, on the caller's scheduler: Task.WaitAsync on the signal itself would go on on the thread pool.</summary>
    private async Task NextChangeAsync()
    {
        Task next;
        lock (gate)
            next = changed.Task;

        await next;
    }

    private void Signal()
    {
        TaskCompletionSource seen;
        lock (gate)
        {
            seen = changed;
            changed = NewSignal();
        }

        seen.SetResult();
    }
}
