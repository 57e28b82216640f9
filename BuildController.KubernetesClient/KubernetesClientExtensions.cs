using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using k8s;

namespace BuildController.KubernetesClient;

/// <summary>Reaches the server that KubernetesClient is configured for, with its credentials.</summary>
public static class KubernetesClientExtensions
{
    /// <summary>
    /// The same server and credentials for an <see cref="HttpClientset"/> with connections of its own, the usual way: watches are noticed to be dead within a minute, and
    /// answers are never held whole. Tokens come from the configuration's provider for each request, so files, exec plugins and OIDC renew as they do there.
    /// </summary>
    /// <param name="configuration">KubernetesClient's configuration. What is done in its FirstMessageHandlerSetup counts for KubernetesClient alone.</param>
    /// <exception cref="KubeConfigException">The configuration cannot be used; the message says why.</exception>
    public static ClusterConfiguration ToClusterConfiguration(this KubernetesClientConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!Uri.TryCreate(configuration.Host, UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https"))
            throw new KubeConfigException($"KubernetesClientConfiguration.Host is '{configuration.Host}', which is no http or https URL; set one like https://host:6443.");

        if (!string.IsNullOrEmpty(configuration.Username) && configuration.TokenProvider is null && string.IsNullOrEmpty(configuration.AccessToken))
            throw new KubeConfigException("KubernetesClientConfiguration.Username is set: API servers take no passwords since 1.19; use a token, a client certificate or an exec plugin.");

        X509Certificate2Collection certificates = ClientCertificates(configuration);
        return new ClusterConfiguration
        {
            Server = server,
            CertificateAuthorities = [.. configuration.SslCaCerts ?? []],
            SkipTlsVerify = configuration.SkipTlsVerify,
            TlsServerName = NullIfEmpty(configuration.TlsServerName),
            BearerTokenSource = configuration.TokenProvider is { } provider
                ? async cancellationToken => (await provider.GetAuthenticationHeaderAsync(cancellationToken))?.Parameter
                : null,
            BearerToken = NullIfEmpty(configuration.AccessToken),
            ClientCertificate = certificates.Count > 0 ? certificates[0] : null,
            ClientCertificateChain = [.. certificates.Skip(1)],
            Namespace = NullIfEmpty(configuration.Namespace) ?? "default",
        };
    }

    /// <summary>
    /// A clientset that sends its requests through a client that is there already, over its connections and with all that was put in front of them:
    /// delegating handlers, proxies, credentials of any kind. It is the caller's, and must live longer.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="runtime">Clock, logs and metrics; null for the real ones.</param>
    public static HttpClientset AsClientset(this Kubernetes client, OperatorRuntime? runtime = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new HttpClientset(new ClusterConfiguration { Server = client.BaseUri }, runtime, new KubernetesHandler(client));
    }

    /// <summary>The certificate with its key, and those between it and its authority.</summary>
    private static X509Certificate2Collection ClientCertificates(KubernetesClientConfiguration configuration)
    {
        var found = new X509Certificate2Collection();
        if (Pem(configuration.ClientCertificateData, configuration.ClientCertificateFilePath) is not { } certificate
            || Pem(configuration.ClientCertificateKeyData, configuration.ClientKeyFilePath) is not { } key)
        {
            return found;
        }

        try
        {
            found.ImportFromPem(certificate);
            found[0] = X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new KubeConfigException($"KubernetesClientConfiguration's client certificate and key do not go together or are not PEM ({error.Message.TrimEnd('.')}); correct them.", error);
        }

        return found;
    }

    private static string? Pem(string? base64, string? path)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(path) ? File.ReadAllText(path)
                : !string.IsNullOrWhiteSpace(base64) ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64))
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new KubeConfigException($"KubernetesClientConfiguration's client certificate or key cannot be read ({error.Message.TrimEnd('.')}); correct the path or the data.", error);
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
