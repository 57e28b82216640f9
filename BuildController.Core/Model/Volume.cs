namespace BuildController.Core.Model;

/// <summary>One volume of a pod: exactly one source is set.</summary>
public sealed record Volume
{
    /// <summary>The name that mounts refer to.</summary>
    public string Name { get => field ?? string.Empty; init; }

    /// <summary>The keys of a ConfigMap as files.</summary>
    public ConfigMapVolume? ConfigMap { get; init; }

    /// <summary>The keys of a Secret as files.</summary>
    public SecretVolume? Secret { get; init; }

    /// <summary>An empty folder that lives as long as the pod.</summary>
    public EmptyDirVolume? EmptyDir { get; init; }
}

/// <summary>The keys of a ConfigMap as files.</summary>
/// <param name="Name">The ConfigMap's name.</param>
public sealed record ConfigMapVolume(string Name);

/// <summary>The keys of a Secret as files.</summary>
public sealed record SecretVolume
{
    /// <summary>The Secret's name.</summary>
    public string SecretName { get => field ?? string.Empty; init; }

    /// <summary>Which keys, and as which files; never null, empty for all keys.</summary>
    public IReadOnlyList<KeyToPath> Items { get => field ?? []; init; }
}

/// <summary>One key of a Secret as a file.</summary>
/// <param name="Key">The key.</param>
/// <param name="Path">The file's name in the volume.</param>
public sealed record KeyToPath(string Key, string Path);

/// <summary>An empty folder.</summary>
/// <param name="Medium"><c>Memory</c> for a RAM disk, or null for the node's disk.</param>
public sealed record EmptyDirVolume(string? Medium);
