using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace BuildController.Informers.Client.Configuration;

/// <summary>
/// Where an API server is and how to reach it. Immutable; made by hand, by <see cref="KubeConfig"/> or by
/// <see cref="InClusterConfiguration"/>, and changed by a <c>with</c> expression. Its text form holds no secret.
/// </summary>
public sealed record ClusterConfiguration
{
    /// <summary>The server's URL; a path in it comes before every path of the API.</summary>
    public required Uri Server { get; init; }

    /// <summary>The certificates that the server's must descend from, self-signed ones; empty, the default, for those that the system trusts.</summary>
    public IReadOnlyList<X509Certificate2> CertificateAuthorities { get; init; } = [];

    /// <summary>Whether to trust any server: for tests. The default is false.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must have, where it is not the one in <see cref="Server"/>; null for that one. It is not applied through a proxy.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>A proxy to go through; null for the one that the environment names, if any.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>A bearer token that does not change; null for none.</summary>
    public string? BearerToken { get; init; }

    /// <summary>
    /// A file with a bearer token, read again each minute and whenever the server refuses the one read before; null for none.
    /// It comes before <see cref="BearerToken"/>.
    /// </summary>
    public string? BearerTokenFile { get; init; }

    /// <summary>
    /// A function that gives the bearer token, for credentials that another library keeps and renews; null for none. It is asked before each request, by many at
    /// once, and once more when the server refuses what it gave; what it throws fails the request. It comes before the other tokens.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? BearerTokenSource { get; init; }

    /// <summary>A certificate with its private key to show to the server; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The certificates between <see cref="ClientCertificate"/> and its authority; empty if there are none.</summary>
    public IReadOnlyList<X509Certificate2> ClientCertificateChain { get; init; } = [];

    /// <summary>A command that prints credentials; null for none. It comes before the tokens.</summary>
    public ExecCredentialPlugin? Exec { get; init; }

    /// <summary>The namespace to use where none is said. The default is <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>How requests name their sender. The default is the library's name and version.</summary>
    public string UserAgent { get; init; } = DefaultUserAgent;

    /// <summary>
    /// The longest silence of a server that owes an answer, or the next part of one; a watch is bounded only until it is
    /// open. The default is 60 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for no bound.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    private static string DefaultUserAgent { get; } =
        $"BuildController.Informers/{typeof(ClusterConfiguration).Assembly.GetName().Version?.ToString(3)} ({RuntimeInformation.RuntimeIdentifier})";

    /// <summary>The server and the kind of credentials, and no secret.</summary>
    public override string ToString() => $"{Server.Scheme}://{Server.Authority}{Server.AbsolutePath.TrimEnd('/')} ({CredentialKind})";

    private string CredentialKind =>
        Exec is not null ? $"credentials from {Exec.Command}"
        : BearerTokenSource is not null ? "bearer token from a function"
        : BearerTokenFile is not null ? $"token from {BearerTokenFile}"
        : BearerToken is not null ? "bearer token"
        : ClientCertificate is not null ? "client certificate"
        : "no credentials";
}
