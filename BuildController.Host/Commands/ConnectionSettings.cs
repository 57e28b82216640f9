using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>
    /// The cluster to use, or null for the embedded one: what is asked for, else the one whose pod this is. A kubeconfig that
    /// merely lies about is never touched.
    /// </summary>
    /// <exception cref="KubeConfigException">The kubeconfig cannot be used.</exception>
    /// <exception cref="UsageException">The options do not go together, or a file that they name cannot be read.</exception>
    public ClusterConfiguration? Resolve()
    {
        if (Server is not null && Kubeconfig is not null)
            throw new UsageException("--server and --kubeconfig exclude each other: give one of them.");

        if (Context is not null && Kubeconfig is null)
            throw new UsageException("--context names an entry of a kubeconfig: give --kubeconfig too.");

        if (Kubeconfig is "")
            throw new UsageException("--kubeconfig: '' is no path: give the path of a kubeconfig file.");

        if (Kubeconfig is not null)
            return KubeConfig.Load(Kubeconfig, Context);

        if (Server is not null)
        {
            return new ClusterConfiguration
            {
                Server = Server,
                BearerTokenFile = TokenFile is null || File.Exists(TokenFile) ? TokenFile : throw new UsageException($"--token-file: there is no file '{TokenFile}'."),
                CertificateAuthorities = CertificateAuthority is null ? [] : [.. Certificates(CertificateAuthority)],
                SkipTlsVerify = SkipTlsVerify,
            };
        }

        if (TokenFile is not null || CertificateAuthority is not null || SkipTlsVerify)
            throw new UsageException("--token-file, --certificate-authority and --insecure-skip-tls-verify go with --server.");

        return InClusterConfiguration.IsAvailable() ? InClusterConfiguration.Load() : null;
    }

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
