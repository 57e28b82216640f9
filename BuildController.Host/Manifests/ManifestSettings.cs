namespace BuildController.Host.Manifests;

/// <summary>What to write manifests for.</summary>
internal sealed record ManifestSettings
{
    /// <summary>The namespace of the worker, its lease, builds and their inputs.</summary>
    public required string Namespace { get; init; }

    /// <summary>The lease that the workers may read and change.</summary>
    public required string Lease { get; init; }

    /// <summary>The worker's image.</summary>
    public required string Image { get; init; }

    /// <summary>How many workers.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>The bound of a worker's stop.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>What else the workers are told, as flags.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether to define the machine config operator's resources.</summary>
    public bool WithDefinitions { get; init; }

    /// <summary>
    /// Whether to make the namespace. OpenShift's own is there already, and whoever deletes by these manifests must not delete it.
    /// </summary>
    public bool WithNamespace => WithDefinitions || !Namespace.StartsWith("openshift-", StringComparison.Ordinal);

    /// <summary>Whether to have the metrics scraped, and alerts.</summary>
    public bool WithMonitoring { get; init; }
}
