using System.Globalization;
using BuildController.Benchmarks.Measure;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Host.Commands;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Benchmarks.Rebuilds;

/// <summary>
/// Rebuilds many pools at once: the controller as it is wired in the worker, an API server and kubelets, all in this process and all talking HTTPS.
/// </summary>
internal sealed class RebuildsRun(int count, ImageBuilderType builder, bool verbose)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(30);

    /// <summary>Builds of no length: what is left to wait for is the work of the programs.</summary>
    private static readonly SimulatedKubeletOptions Kubelet = new()
    {
        PullTime = TimeSpan.Zero,
        BuildTime = TimeSpan.Zero,
        StopTime = TimeSpan.Zero,
    };

    private readonly CallCounter calls = new();
    private readonly ImageBuildOptions options = new();
    private readonly Tally<MachineConfigPool> before = new(Resources.MachineConfigPools, SamplePools.IsAtFirstImage);
    private readonly Tally<MachineConfigPool> rebuilt = new(Resources.MachineConfigPools, SamplePools.IsRebuilt);
    private readonly Tally<PartialObject> pods = new(Resources.Pods.MetadataOnly, static _ => true);
    private readonly Tally<PartialObject> maps = new(Resources.ConfigMaps.MetadataOnly, static map => BuildLabels.AreOurs(map.Metadata.Labels));

    /// <exception cref="TimeoutException">Not every pool came to be as it should.</exception>
    public async Task MeasureAsync(CancellationToken stop)
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(port: 0, OperatorRuntime.Default, Kubelet, stop);
        var pools = new SamplePools(cluster.Connect("admin"), count);
        await pools.UseBuilderAsync(builder, options.Namespace, stop);
        await pools.CreateAsync(stop);

        await using var informers = new SharedInformerFactory(cluster.Connect("observer"));
        Follow(informers);
        await informers.WaitForSyncAsync(cancellationToken: stop);

        await using var controller = new ImageBuildController(cluster.Connect("machine-os-builder").With(calls), options);
        Task running = controller.RunAsync(stop);
        await before.ReachAsync("pools with their first image", count, Timeout, stop);
        await QuietAsync(stop);
        await RebuildAsync(pools, stop);
        await controller.StopAsync(stop);
        await running;
    }

    private void Follow(SharedInformerFactory informers)
    {
        ISharedInformer<MachineConfigPool> pools = informers.For(Resources.MachineConfigPools);
        pools.AddHandler(before);
        pools.AddHandler(rebuilt);
        var inNamespace = new InformerOptions<PartialObject> { Namespace = options.Namespace };
        informers.For(Resources.Pods.MetadataOnly, inNamespace).AddHandler(pods);
        informers.For(Resources.ConfigMaps.MetadataOnly, inNamespace).AddHandler(maps);
        informers.Start();
    }

    private async Task RebuildAsync(SamplePools pools, CancellationToken stop)
    {
        Report.SettledHeap();
        PeakMemory.Forget();
        IReadOnlyDictionary<string, int> callsBefore = calls.Snapshot();
        var phase = Phase.Begin();
        await pools.AskForRebuildAsync(stop);
        await rebuilt.ReachAsync("rebuilt pools", count, Timeout, stop);
        double wall = phase.End().Wall;

        // What is cleaned up, and the visits that this brings, belong to the rebuilds.
        await pods.ReachAsync("pods", 0, Timeout, stop);
        await maps.ReachAsync("ConfigMaps of builds", 0, Timeout, stop);
        await QuietAsync(stop);
        double cpu = phase.End().Cpu;
        double peak = PeakMemory.ResidentMib();
        await rebuilt.ReachAsync("rebuilt pools", count, TimeSpan.FromSeconds(1), stop);

        (string What, int Count)[] made = [.. calls.Snapshot().Select(item => (item.Key, item.Value - callsBefore.GetValueOrDefault(item.Key))).Where(static item => item.Item2 > 0)];
        if (verbose)
            Tell(made);

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"buildcontroller rebuilds: pools={count} wall_s={wall:0.0} cpu_s={cpu:0.0} api_calls_per_rebuild={PerRebuild(made.Sum(static item => item.Count)):0.00} peak_rss_mib={peak:0} cpu_ms_per_rebuild={PerRebuild(cpu * 1000):0.00}"));
    }

    private void Tell(IEnumerable<(string What, int Count)> made)
    {
        foreach ((string what, int times) in made.OrderByDescending(static item => item.Count))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{PerRebuild(times),8:0.00}  {what}"));

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"heap_mib={Report.SettledHeap() / 1048576.0:0}"));
    }

    private double PerRebuild(double sum) => sum / count;

    /// <summary>Every event brings a visit after the update delay, and that one may bring another.</summary>
    private Task QuietAsync(CancellationToken stop) => Task.Delay(2 * options.UpdateDelay + TimeSpan.FromSeconds(1), TimeProvider.System, stop);
}
