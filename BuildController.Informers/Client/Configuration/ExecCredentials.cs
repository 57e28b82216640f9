using System.Security.Cryptography.X509Certificates;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Client.Configuration;

/// <summary>Credentials from a command, kept until they expire or are refused. Requests that need new ones wait for one run together.</summary>
internal sealed class ExecCredentials(ExecCredentialPlugin plugin, ClusterConfiguration configuration, OperatorRuntime runtime) : CredentialSource
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private ExecCredential? current;
    private Task? running;

    public override X509Certificate2? ClientCertificate
    {
        get
        {
            lock (gate)
                return current?.ClientCertificate;
        }
    }

    public override async ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task run;
            lock (gate)
            {
                if (current is { } credential && !(credential.Expires <= runtime.Time.GetUtcNow()))
                    return credential.Token;

                current = null;
                run = running ??= runtime.Start(RunAsync);
            }

            // The run serves others too: who gives up waiting does not end it.
            await run.WaitAsync(cancellationToken);
            lock (gate)
            {
                if (current is { } fresh)
                    return fresh.Token; // Even if it has expired meanwhile: then the server says so, and the command does not run in a loop.
            }
        }
    }

    public override ValueTask<bool> RenewAsync(string? refused, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (current?.Token == refused)
                current = null;
        }

        return ValueTask.FromResult(true);
    }

    public override async ValueTask DisposeAsync()
    {
        Task? run;
        lock (gate)
            run = running;

        stop.Cancel();
        if (run is not null)
            await Task.WhenAny(run); // How it ended is the business of those who wait for its credentials.
    }

    private async Task RunAsync()
    {
        try
        {
            ExecCredential credential = await ExecCredentialProcess.RunAsync(plugin, configuration, runtime, stop.Token);
            lock (gate)
                current = credential;
        }
        finally
        {
            lock (gate)
                running = null;
        }
    }
}
