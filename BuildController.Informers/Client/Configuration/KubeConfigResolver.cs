using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BuildController.Informers.Client.Configuration;

/// <summary>Follows a context of kubeconfig files to its cluster and user.</summary>
internal static class KubeConfigResolver
{
    public static ClusterConfiguration Resolve(IReadOnlyList<YamlReader> files, string? contextName)
    {
        string shown = string.Join(Path.PathSeparator, files.Select(static file => file.File));
        contextName ??= files.Select(static file => file.Text("current-context")).FirstOrDefault(static name => name is not null)
            ?? throw new KubeConfigException($"{shown}: current-context is not set; name a context, or set one with 'kubectl config use-context'.");

        YamlReader? context = Find(files, "contexts", contextName, "context");
        if (context is null)
            throw new KubeConfigException($"{shown}: there is no context '{contextName}'; it has {Names(files, "contexts")}.");

        YamlReader cluster = Referred(files, shown, context, "cluster", "clusters")
            ?? throw context.Fault("cluster", "is missing; name the cluster of the context.");
        YamlReader? user = Referred(files, shown, context, "user", "users");

        ClusterConfiguration configuration = WithCluster(cluster) with { Namespace = context.Text("namespace") ?? "default" };
        return user is null ? configuration : WithUser(configuration, user);
    }

    private static ClusterConfiguration WithCluster(YamlReader cluster)
    {
        string text = cluster.Text("server") ?? throw cluster.Fault("server", "is missing; write the URL of the API server there.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https"))
            throw cluster.Fault("server", $"is '{text}', which is no http or https URL; write one like https://host:6443.");

        string? proxyText = cluster.Text("proxy-url");
        Uri? proxy = null;
        if (proxyText is not null && !Uri.TryCreate(proxyText, UriKind.Absolute, out proxy))
            throw cluster.Fault("proxy-url", "is no URL; write one like http://host:3128.");

        if (proxy is not null && cluster.Text("tls-server-name") is not null)
            throw cluster.Fault("proxy-url", "cannot go with tls-server-name; remove one of them.");

        return new ClusterConfiguration
        {
            Server = server,
            Proxy = proxy,
            TlsServerName = cluster.Text("tls-server-name"),
            SkipTlsVerify = cluster.Flag("insecure-skip-tls-verify"),
            CertificateAuthorities = Certificates(cluster, "certificate-authority"),
        };
    }

    private static ClusterConfiguration WithUser(ClusterConfiguration configuration, YamlReader user)
    {
        RefuseUnknown(user);
        IReadOnlyList<X509Certificate2> chain = Certificates(user, "client-certificate");
        (string Pem, string Key)? key = Content(user, "client-key");
        if (chain.Count > 0 && key is null)
            throw user.Fault("client-key", "is missing; the client certificate needs its key.");

        if (chain.Count == 0 && key is not null)
            throw user.Fault("client-certificate", "is missing; the client key needs its certificate.");

        string? tokenFile = user.Text("tokenFile") is { } file ? Rooted(user, file) : null;
        if (tokenFile is not null && !File.Exists(tokenFile))
            throw user.Fault("tokenFile", $"names {tokenFile}, which does not exist; correct the path.");

        return configuration with
        {
            BearerToken = user.Text("token")?.Trim(),
            BearerTokenFile = tokenFile,
            ClientCertificate = key is { } found ? CertificateWithKey(user, found) : null,
            ClientCertificateChain = [.. chain.Skip(1)],
            Exec = user.Mapping("exec") is { } exec ? Exec(exec) : null,
        };
    }

    private static void RefuseUnknown(YamlReader user)
    {
        if (user.Mapping("auth-provider") is { } provider)
            throw user.Fault("auth-provider", $"({provider.Text("name")}) is not supported, as in kubectl since 1.26; use an exec plugin.");

        foreach (string key in (string[])["username", "password"])
        {
            if (user.Text(key) is not null)
                throw user.Fault(key, "is not supported: API servers take no passwords since 1.19; use a token, a client certificate or an exec plugin.");
        }

        foreach (string key in (string[])["as", "as-uid", "as-groups", "as-user-extra"])
        {
            if (user.Has(key))
                throw user.Fault(key, "is not supported: this library does not impersonate; remove it and use the user's own credentials.");
        }
    }

    private static ExecCredentialPlugin Exec(YamlReader exec)
    {
        string version = exec.Text("apiVersion") ?? throw exec.Fault("apiVersion", "is missing; write client.authentication.k8s.io/v1.");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw exec.Fault("apiVersion", $"is '{version}', which is not supported; use client.authentication.k8s.io/v1.");

        if (exec.Text("interactiveMode") == "Always")
            throw exec.Fault("interactiveMode", "is Always: nobody is there to answer; use credentials that need no terminal.");

        string command = exec.Text("command") ?? throw exec.Fault("command", "is missing; name the command that prints credentials.");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (YamlReader variable in exec.Mappings("env"))
            environment[variable.Text("name") ?? throw variable.Fault("name", "is missing; name the variable.")] = variable.Text("value") ?? string.Empty;

        return new ExecCredentialPlugin
        {
            ApiVersion = version,
            Command = command.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar) ? Rooted(exec, command) : command,
            Arguments = exec.Texts("args"),
            Environment = environment,
            InstallHint = exec.Text("installHint"),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
        };
    }

    private static YamlReader? Referred(IReadOnlyList<YamlReader> files, string shown, YamlReader context, string key, string list)
    {
        if (context.Text(key) is not { } name)
            return null;

        return Find(files, list, name, key)
            ?? throw new KubeConfigException($"{shown}: {context.NameOf(key)} is '{name}', and there is no such {key}; it has {Names(files, list)}.");
    }

    /// <summary>The inner mapping of the first list element with a name.</summary>
    private static YamlReader? Find(IReadOnlyList<YamlReader> files, string list, string name, string inner)
    {
        YamlReader? element = files.SelectMany(file => file.Mappings(list)).FirstOrDefault(element => element.Text("name") == name);
        return element is null ? null : element.Mapping(inner) ?? throw element.Fault(inner, "is missing or empty; write its members under it.");
    }

    private static string Names(IReadOnlyList<YamlReader> files, string list)
    {
        string names = string.Join(", ", files.SelectMany(file => file.Mappings(list)).Select(static element => $"'{element.Text("name")}'").Distinct());
        return names.Length == 0 ? "none" : names;
    }

    private static IReadOnlyList<X509Certificate2> Certificates(YamlReader from, string key)
    {
        if (Content(from, key) is not { } content)
            return [];

        try
        {
            return Pem.Certificates(content.Pem);
        }
        catch (CryptographicException error)
        {
            throw from.Fault(content.Key, "is no PEM certificate; it must start with -----BEGIN CERTIFICATE-----.", error);
        }
    }

    private static X509Certificate2 CertificateWithKey(YamlReader user, (string Pem, string Key) key)
    {
        try
        {
            return Pem.CertificateWithKey(Content(user, "client-certificate")!.Value.Pem, key.Pem);
        }
        catch (CryptographicException error)
        {
            throw user.Fault(key.Key, "is no PEM key, RSA or EC and not encrypted, that belongs to the client certificate; use the key that it was issued for.", error);
        }
    }

    /// <summary>The text behind a name: in the file itself, under the name with <c>-data</c>, which comes first, or in another file.</summary>
    private static (string Pem, string Key)? Content(YamlReader from, string key)
    {
        string dataKey = $"{key}-data";
        if (from.Text(dataKey) is { } data)
        {
            try
            {
                return (Encoding.UTF8.GetString(Convert.FromBase64String(data)), dataKey);
            }
            catch (FormatException error)
            {
                throw from.Fault(dataKey, "is not base64; copy it again, or name a file instead.", error);
            }
        }

        if (from.Text(key) is not { } path)
            return null;

        string file = Rooted(from, path);
        try
        {
            return (File.ReadAllText(file), key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw from.Fault(key, $"names {file}, which cannot be read; correct the path or its permissions.", error);
        }
    }

    private static string Rooted(YamlReader from, string path) => Path.GetFullPath(path, Path.GetDirectoryName(from.File)!);
}
