using Microsoft.Extensions.Hosting;

namespace BuildController.Core.Sync;

/// <summary>Runs the build controller as long as its host runs, and stops the host if the controller fails.</summary>
internal sealed class ImageBuildHostedService(ImageBuildController controller, IHostApplicationLifetime host) : IHostedService
{
    private Task running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = StopHostOnFailureAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await controller.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        await running.WaitAsync(cancellationToken);
    }

    private async Task StopHostOnFailureAsync()
    {
        try
        {
            await controller.RunAsync();
        }
        catch (Exception)
        {
            // The controller has logged it.
            host.StopApplication();
        }
    }
}
