using BuildController.Host.Commands;
using BuildController.Host.Simulation;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Demo;

/// <summary>The tour on an embedded cluster, with a kubelet in a hurry.</summary>
internal static class DemoCommand
{
    private const int Interrupted = 130;

    /// <summary>Exit status 0 only if every step came out as expected.</summary>
    public static async Task<int> RunAsync(LogLevel logLevel, TextWriter output, CancellationToken cancellationToken)
    {
        using ILoggerFactory loggers = HostLogging.Create(logLevel);
        var runtime = new OperatorRuntime { LoggerFactory = loggers };
        var table = new StepTable(output, runtime.Time);
        var fast = new SimulatedKubeletOptions
        {
            PullTime = TimeSpan.FromMilliseconds(200),
            BuildTime = TimeSpan.FromMilliseconds(400),
            StopTime = TimeSpan.FromMilliseconds(100),
        };
        try
        {
            await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(port: 0, runtime, fast, cancellationToken);
            table.Begin($"A rebuild, from request to image, on an embedded cluster at {cluster.Address.GetLeftPart(UriPartial.Authority)}");
            return await DemoTour.RunAsync(cluster.Connect, table, runtime, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Half a tour has not come out as expected.
            return Interrupted;
        }
    }
}
