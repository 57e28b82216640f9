namespace BuildController.Informers.Api;

/// <summary>
/// The metadata that every Kubernetes object carries. Immutable: change a copy with a <c>with</c> expression, and write
/// the change as a patch. <c>managedFields</c> is left out on purpose: it is often the largest part of an object, and
/// patches do not need it.
/// </summary>
public sealed record ObjectMeta
{
    private static readonly IReadOnlyDictionary<string, string> NoEntries = CompactMap.Empty;

    /// <summary>The name, unique per namespace and resource; empty only before a create that uses <see cref="GenerateName"/>.</summary>
    public string Name { get => field ?? string.Empty; init; }

    /// <summary>A prefix from which the server makes a unique name when <see cref="Name"/> is empty.</summary>
    public string? GenerateName { get; init; }

    /// <summary>The namespace; null for cluster-scoped objects.</summary>
    public string? Namespace { get; init; }

    /// <summary>The identity of this object over time, set by the server.</summary>
    public string? Uid { get; init; }

    /// <summary>The version of the object, set by the server: opaque, to be compared for equality only.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts changes of the desired state, set by the server where the type keeps it.</summary>
    public long? Generation { get; init; }

    /// <summary>When the server created the object.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When the object was asked to go; it stays until its finalizers are gone and its grace period is over.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Seconds that the object has to stop by itself once it was asked to go.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>The labels, by which objects are selected; empty if there are none, never null.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? NoEntries; init; }

    /// <summary>The annotations, data of any kind; empty if there are none, never null.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get => field ?? NoEntries; init; }

    /// <summary>The owners; empty if there are none, never null.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get => field ?? []; init; }

    /// <summary>What must happen before the object may go; empty if there is nothing, never null.</summary>
    public IReadOnlyList<string> Finalizers { get => field ?? []; init; }

    /// <summary>Reads metadata; members that are not known, <c>managedFields</c> first among them, are passed over.</summary>
    /// <param name="json">Stands before the metadata, and then behind it.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no metadata.</exception>
    public static ObjectMeta Read(ref JsonCursor json) => ObjectMetaReader.Read(ref json);
}
