using Microsoft.Extensions.Hosting;

namespace BuildController.Host.Commands;

/// <summary>A host that does not listen to the process' signals: <see cref="TerminationSignal"/> alone does.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
