using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>A core/v1 Secret. Its text form shows no value.</summary>
public sealed record Secret : IKubernetesObject
{
    private static readonly IReadOnlyDictionary<string, byte[]> NoData = new Dictionary<string, byte[]>(0);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>The secret's type, for example <c>kubernetes.io/dockerconfigjson</c>.</summary>
    public string Type { get => field ?? string.Empty; init; }

    /// <summary>The values; empty if there are none, never null.</summary>
    public IReadOnlyDictionary<string, byte[]> Data { get => field ?? NoData; init; }

    /// <summary>The name and the keys, never a value.</summary>
    public override string ToString() => $"Secret {Metadata.Namespace}/{Metadata.Name} ({string.Join(", ", Data.Keys)})";
}
