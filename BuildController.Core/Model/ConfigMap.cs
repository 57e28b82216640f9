using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>A core/v1 ConfigMap.</summary>
public sealed record ConfigMap : IKubernetesObject
{
    private static readonly IReadOnlyDictionary<string, string> NoData = new Dictionary<string, string>(0);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>The text values; empty if there are none, never null.</summary>
    public IReadOnlyDictionary<string, string> Data { get => field ?? NoData; init; }

    /// <summary>The values that are no UTF-8; null if there are none.</summary>
    public IReadOnlyDictionary<string, byte[]>? BinaryData { get; init; }
}
