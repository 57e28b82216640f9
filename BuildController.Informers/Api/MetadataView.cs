namespace BuildController.Informers.Api;

/// <summary>
/// What the machinery needs to see of an object, whatever its type: a view, made when asked for and not kept, so that a
/// slim projection pays only for the properties that it has.
/// </summary>
public readonly record struct MetadataView
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>(0);

    /// <summary>Where the object lives.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The object's identity, or empty when the type does not keep it: then a recreated object looks like a changed one.</summary>
    public string Uid { get => field ?? string.Empty; init; }

    /// <summary>The object's version, or empty when the type does not keep it: then a resync looks like a change.</summary>
    public string ResourceVersion { get => field ?? string.Empty; init; }

    /// <summary>The object's labels; empty if there are none or the type does not keep them.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? NoLabels; init; }

    /// <summary>The object's owners; empty if there are none or the type does not keep them.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get => field ?? []; init; }

    /// <summary>The view of a full <see cref="ObjectMeta"/>.</summary>
    public static MetadataView Of(ObjectMeta metadata) => new()
    {
        Key = new ObjectKey(metadata.Namespace ?? string.Empty, metadata.Name),
        Uid = metadata.Uid!,
        ResourceVersion = metadata.ResourceVersion!,
        Labels = metadata.Labels,
        OwnerReferences = metadata.OwnerReferences,
    };
}
