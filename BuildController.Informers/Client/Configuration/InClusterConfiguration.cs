using System.Security.Cryptography;

namespace BuildController.Informers.Client.Configuration;

/// <summary>The configuration that Kubernetes gives to every pod: its service account and the address of the API server.</summary>
public static class InClusterConfiguration
{
    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Whether this process seems to run in a pod with a service account.</summary>
    public static bool IsAvailable() => IsAvailable(Environment.GetEnvironmentVariable, ServiceAccountFolder);

    /// <summary>Reads the pod's configuration. The token file is read again as it is rotated.</summary>
    /// <exception cref="KubeConfigException">This is no pod, or its service account is not mounted.</exception>
    public static ClusterConfiguration Load() => Load(Environment.GetEnvironmentVariable, ServiceAccountFolder);

    internal static bool IsAvailable(Func<string, string?> environment, string folder) =>
        !string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST")) && File.Exists(Path.Combine(folder, "token"));

    internal static ClusterConfiguration Load(Func<string, string?> environment, string folder)
    {
        string host = Variable(environment, "KUBERNETES_SERVICE_HOST");
        string port = Variable(environment, "KUBERNETES_SERVICE_PORT");
        string authority = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        if (!Uri.TryCreate($"https://{authority}", UriKind.Absolute, out Uri? server))
            throw new KubeConfigException($"KUBERNETES_SERVICE_HOST and _PORT make '{authority}', which is no address: unset them outside a cluster.");

        string tokenFile = Path.Combine(folder, "token");
        Read(tokenFile);
        string authorityFile = Path.Combine(folder, "ca.crt");
        try
        {
            string namespaceFile = Path.Combine(folder, "namespace");
            return new ClusterConfiguration
            {
                Server = server,
                BearerTokenFile = tokenFile,
                CertificateAuthorities = Pem.Certificates(Read(authorityFile)),
                Namespace = File.Exists(namespaceFile) ? Read(namespaceFile).Trim() : "default",
            };
        }
        catch (CryptographicException error)
        {
            throw new KubeConfigException($"{authorityFile} is no PEM certificate ({error.Message}): check the mount of the service account.", error);
        }
    }

    private static string Variable(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } value
            ? value
            : throw new KubeConfigException($"This process does not run in a cluster ({name} is not set): give a kubeconfig file instead.");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{file} cannot be read ({error.Message}): mount the service account (automountServiceAccountToken) or give a kubeconfig file.", error);
        }
    }
}
