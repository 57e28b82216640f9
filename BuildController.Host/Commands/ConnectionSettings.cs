using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BuildController.Host.Configuration;
using BuildController.Informers.Client.Configuration;

namespace BuildController.Host.Commands;

/// <summary>Which cluster the command line asks for.</summary>
internal sealed record ConnectionSettings
{
    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    public Uri? Server { get; init; }

    public string? TokenFile { get; init; }

    public string? CertificateAuthority { get; init; }

    public bool SkipTlsVerify { get; init; }

    /// <summary>Takes what was set; what does not go together is noted with the values.</summary>
    public static ConnectionSettings From(SettingValues values)
    {
        bool hasServer = values.IsSet(Settings.Server), hasKubeconfig = values.IsSet(Settings.Kubeconfig);
        if (hasServer && hasKubeconfig)
            values.Reject($"{values.NameOf(Settings.Server)} and {values.NameOf(Settings.Kubeconfig)} exclude each other: give one of them.");

        if (values.IsSet(Settings.Context) && !hasKubeconfig)
            values.Reject($"{values.NameOf(Settings.Context)} names an entry of a kubeconfig: give --kubeconfig too.");

        if (!hasServer && (values.IsSet(Settings.TokenFile) || values.IsSet(Settings.CertificateAuthority) || values.IsSet(Settings.InsecureSkipTlsVerify)))
            values.Reject("--token-file, --certificate-authority and --insecure-skip-tls-verify go with --server.");

        return new ConnectionSettings
        {
            Kubeconfig = values.Get(Settings.Kubeconfig),
            Context = values.Get(Settings.Context),
            Server = values.Get(Settings.Server),
            TokenFile = values.Get(Settings.TokenFile),
            CertificateAuthority = values.Get(Settings.CertificateAuthority),
            SkipTlsVerify = values.Get(Settings.InsecureSkipTlsVerify),
        };
    }

    /// <summary>
    /// The cluster to use, or null for the embedded one: what is asked for, else the one whose pod this is. A kubeconfig that
    /// merely lies about is never touched.
    /// </summary>
    /// <exception cref="KubeConfigException">The kubeconfig cannot be used.</exception>
    /// <exception cref="UsageException">A file that is named cannot be read.</exception>
    public ClusterConfiguration? Resolve()
    {
        if (Kubeconfig is not null)
            return KubeConfig.Load(Kubeconfig, Context);

        if (Server is null)
            return InClusterConfiguration.IsAvailable() ? InClusterConfiguration.Load() : null;

        return new ClusterConfiguration
        {
            Server = Server,
            BearerTokenFile = TokenFile is null || File.Exists(TokenFile) ? TokenFile : throw new UsageException($"--token-file: there is no file '{TokenFile}'."),
            CertificateAuthorities = CertificateAuthority is null ? [] : [.. Certificates(CertificateAuthority)],
            SkipTlsVerify = SkipTlsVerify,
        };
    }

    /// <summary>The cluster to use for a command that cannot do with the embedded one.</summary>
    /// <inheritdoc cref="Resolve" path="/exception"/>
    public ClusterConfiguration ResolveReal() => Resolve()
        ?? throw new UsageException("say which cluster: --kubeconfig <path>, or --server <url>; a kubeconfig that merely lies about is not touched.");

    private static X509Certificate2Collection Certificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"--certificate-authority: cannot read certificates from '{path}': {error.Message}");
        }

        return certificates.Count > 0 ? certificates : throw new UsageException($"--certificate-authority: '{path}' has no certificate in PEM form.");
    }
}
