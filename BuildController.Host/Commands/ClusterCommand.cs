using BuildController.Host.Samples;
using BuildController.Host.Simulation;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>The embedded cluster alone, until it is told to stop.</summary>
internal static class ClusterCommand
{
    public static async Task<int> RunAsync(ClusterSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        using ILoggerFactory loggers = HostLogging.Create(settings.LogLevel);
        var runtime = new OperatorRuntime { LoggerFactory = loggers };
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(
            settings.Port, runtime, settings.WithoutKubelet ? null : new SimulatedKubeletOptions(), settings.Faults?.Plan, cancellationToken);
        await SampleCluster.MarkBuiltAsync(cluster.Connect("admin"), runtime.Time.GetUtcNow(), cancellationToken);
        await output.WriteLineAsync(Greeting.Cluster(cluster, settings.Faults));

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(stopped.SetResult))
            await stopped.Task;

        return 0;
    }
}

/// <summary>What the cluster command was asked to do.</summary>
internal sealed record ClusterSettings
{
    /// <summary>The port of the API server; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether pods stay as they are created.</summary>
    public bool WithoutKubelet { get; init; }

    /// <summary>What goes wrong between the server and its clients; null for nothing.</summary>
    public FaultSettings? Faults { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
