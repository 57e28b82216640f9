using BuildController.Core.Sync;
using BuildController.Host.Commands;
using BuildController.Host.Simulation;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Demo;

/// <summary>The scripted tour: the worker on an embedded cluster, an admin who does what admins do, and a check of every step.</summary>
internal static class DemoCommand
{
    /// <summary>Exit status 0 if every step came out as expected, otherwise 1.</summary>
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
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(port: 0, runtime, fast, cancellationToken);
        table.Begin($"A rebuild, from request to image, on an embedded cluster at {cluster.Address.GetLeftPart(UriPartial.Authority)}");

        var options = new ImageBuildOptions { UpdateDelay = TimeSpan.FromMilliseconds(50) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var controller = new ImageBuildController(cluster.Connect("machine-os-builder"), options, runtime);
        Task running = controller.RunAsync(stop.Token);
        bool succeeded;
        await using (var admin = new DemoAdmin(cluster.Connect("admin"), runtime))
        {
            await admin.StartAsync(cancellationToken);
            succeeded = await new DemoScript(admin, table).RunAsync(cancellationToken);
        }

        stop.Cancel();
        await running;
        table.End(succeeded);
        return succeeded ? 0 : 1;
    }
}
