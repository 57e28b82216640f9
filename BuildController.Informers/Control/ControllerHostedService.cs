using Microsoft.Extensions.Hosting;

namespace BuildController.Informers.Control;

/// <summary>Runs a controller as long as its host runs, and stops the host if the controller fails: a half-alive operator helps nobody.</summary>
internal sealed class ControllerHostedService(IController controller, IHostApplicationLifetime host) : IHostedService
{
    private Task running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = StopHostOnFailureAsync(controller.RunAsync(CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>The host's patience ends the grace period first; a reconciler that does not heed its token is then left behind.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await controller.StopAsync(cancellationToken).WaitAsync(cancellationToken);
        await running;
    }

    private async Task StopHostOnFailureAsync(Task run)
    {
        try
        {
            await run;
        }
        catch (Exception)
        {
            // The controller has logged it.
            host.StopApplication();
        }
    }
}
