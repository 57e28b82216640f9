using BuildController.Core.Model;
using BuildController.Host.Metrics;
using BuildController.Host.Samples;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>The standalone worker, on the cluster asked for or on an embedded one.</summary>
internal static class WorkerCommand
{
    /// <summary>A person watches: there is no burst of events to wait out.</summary>
    private static readonly TimeSpan EmbeddedUpdateDelay = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(WorkerSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        using ILoggerFactory loggers = HostLogging.Create(settings.Logs);
        using var metrics = new MetricSources();
        var runtime = new OperatorRuntime { LoggerFactory = loggers, MeterFactory = metrics.Factory };
        ClusterConfiguration? configuration = settings.Connection.Resolve();
        if (configuration is null)
            return await RunEmbeddedAsync(settings, metrics, runtime, output, cancellationToken);

        if (settings.Port is not null)
            throw new UsageException("--port is the embedded cluster's: leave it out to work on a real one.");

        await using var clientset = new HttpClientset(configuration with { UserAgent = "machine-os-builder" }, runtime);
        await ProbeAsync(clientset, configuration, cancellationToken);
        await output.WriteLineAsync($"Building images for the layered pools of {configuration}. Ctrl-C ends it.");
        WorkerSettings real = settings with { LeaderElect = settings.LeaderElect ?? true, Build = settings.Build with { UpdateDelay = settings.UpdateDelay ?? settings.Build.UpdateDelay } };
        return await WorkerHost.RunAsync(clientset, real, metrics, runtime, cancellationToken);
    }

    private static async Task<int> RunEmbeddedAsync(WorkerSettings settings, MetricSources metrics, OperatorRuntime runtime, TextWriter output, CancellationToken cancellationToken)
    {
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(settings.Port ?? 0, runtime, new SimulatedKubeletOptions(), cancellationToken);
        await SampleCluster.OptInAsync(cluster.Connect("admin"), cancellationToken);
        await output.WriteLineAsync(Greeting.Worker(cluster));

        WorkerSettings embedded = settings with { LeaderElect = settings.LeaderElect ?? false, Build = settings.Build with { UpdateDelay = settings.UpdateDelay ?? EmbeddedUpdateDelay } };
        return await WorkerHost.RunAsync(cluster.Connect("machine-os-builder"), embedded, metrics, runtime, cancellationToken);
    }

    /// <summary>One request tells in one line what would otherwise be an informer's endless retries.</summary>
    private static async Task ProbeAsync(HttpClientset clientset, ClusterConfiguration configuration, CancellationToken cancellationToken)
    {
        try
        {
            await clientset.Resource(Resources.MachineConfigPools).ListAsync(@namespace: null, new ListOptions { Limit = 1 }, cancellationToken);
        }
        catch (ApiException error)
        {
            throw ClusterComplaint.Of(error, configuration);
        }
    }
}
