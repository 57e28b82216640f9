using BuildController.Core.Sync;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Host.Demo;

/// <summary>The scripted tour: a build controller at work, an admin who does what admins do, and a check of every step.</summary>
internal static class DemoTour
{
    /// <summary>Exit status 0 if every step came out as expected, otherwise 1.</summary>
    /// <param name="connect">Makes a client of the given name; it stays its maker's.</param>
    /// <param name="table">Where the steps are shown.</param>
    /// <param name="runtime">Clock, scheduler and logs.</param>
    /// <param name="cancellationToken">Ends the tour early.</param>
    public static async Task<int> RunAsync(Func<string, IClientset> connect, StepTable table, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        var options = new ImageBuildOptions { UpdateDelay = TimeSpan.FromMilliseconds(50) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var controller = new ImageBuildController(connect("machine-os-builder"), options, runtime);
        Task running = controller.RunAsync(stop.Token);
        bool succeeded;
        await using (var admin = new DemoAdmin(connect("admin"), runtime))
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
