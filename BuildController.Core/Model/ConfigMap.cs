using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>A core/v1 ConfigMap, without its binary data.</summary>
public sealed record ConfigMap : IKubernetesObject
{
    private static readonly IReadOnlyDictionary<string, string> NoData = new Dictionary<string, string>(0);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>The text values; empty if there are none, never null.</summary>
    public IReadOnlyDictionary<string, string> Data { get => field ?? NoData; init; }
}
