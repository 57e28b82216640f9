using Microsoft.Extensions.Hosting;

namespace BuildController.Informers.LeaderElection;

/// <summary>Runs an elector as long as its host runs.</summary>
internal sealed class LeaderElectionHostedService(LeaderElector elector, IHostApplicationLifetime host) : IHostedService
{
    private Task running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = StopHostOnFailureAsync(elector.RunAsync(CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>The host's patience is the work's: what has not left by its end is left behind, and the lease is not given up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await elector.StopAsync(cancellationToken);
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
            // The elector has logged it. Controllers that wait for a term would wait for ever.
            host.StopApplication();
        }
    }
}
