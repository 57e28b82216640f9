using System.Security.Cryptography.X509Certificates;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Client.Configuration;

/// <summary>Where a clientset's credentials come from. Safe for concurrent use.</summary>
internal abstract class CredentialSource : IAsyncDisposable
{
    /// <summary>The client certificate as last known, for new connections; null for none.</summary>
    public virtual X509Certificate2? ClientCertificate => null;

    public static CredentialSource Of(ClusterConfiguration configuration, OperatorRuntime runtime) => configuration switch
    {
        { Exec: { } plugin } => new ExecCredentials(plugin, configuration, runtime),
        { BearerTokenSource: { } source } => new TokenSourceCredentials(source),
        { BearerTokenFile: { } file } => new TokenFileCredentials(file, configuration.BearerToken, runtime),
        _ => new FixedCredentials(configuration.BearerToken),
    };

    /// <summary>The bearer token to send; null for none.</summary>
    public abstract ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken);

    /// <summary>Told that the server does not accept the credentials.</summary>
    /// <param name="refused">The token that was sent.</param>
    /// <param name="cancellationToken">Ends the search for others.</param>
    /// <returns>Whether there are others to try.</returns>
    public virtual ValueTask<bool> RenewAsync(string? refused, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <summary>Ends what is still under way; may be called again.</summary>
    public abstract ValueTask DisposeAsync();

    private sealed class FixedCredentials(string? token) : CredentialSource
    {
        public override ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken) => ValueTask.FromResult(token);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
