namespace BuildController.Informers.Client.Configuration;

/// <summary>Reads kubeconfig files as kubectl does. Credentials that this library does not know are refused by name, never passed over.</summary>
public static class KubeConfig
{
    /// <summary>Reads one file.</summary>
    /// <param name="path">The file. Relative paths in it start at its folder.</param>
    /// <param name="context">The context; null for the file's current one.</param>
    /// <exception cref="KubeConfigException">The file cannot be used; the message says why.</exception>
    public static ClusterConfiguration Load(string path, string? context = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return KubeConfigResolver.Resolve([YamlReader.Load(Path.GetFullPath(path))], context);
    }

    /// <summary>
    /// Reads the files that the variable KUBECONFIG names, or <c>.kube/config</c> in the home folder. Of several files, the
    /// first that has a context, cluster or user of a name counts; those that do not exist are passed over.
    /// </summary>
    /// <inheritdoc cref="Load"/>
    public static ClusterConfiguration LoadDefault(string? context = null) => LoadDefault(
        Environment.GetEnvironmentVariable("KUBECONFIG"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), context);

    internal static ClusterConfiguration LoadDefault(string? variable, string home, string? context)
    {
        string[] paths = (variable ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (paths.Length == 0)
            return Load(Path.Combine(home, ".kube", "config"), context);

        string[] present = [.. paths.Where(File.Exists)];
        return present.Length > 0
            ? KubeConfigResolver.Resolve([.. present.Select(static path => YamlReader.Load(Path.GetFullPath(path)))], context)
            : throw new KubeConfigException($"{variable}: no such kubeconfig file; set KUBECONFIG to one that exists, or unset it.");
    }
}
