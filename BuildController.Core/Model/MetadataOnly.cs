using BuildController.Informers.Api;

namespace BuildController.Core.Model;

/// <summary>An object of which only the metadata is kept: all that is needed to see that something changed, and no secret in memory.</summary>
public sealed record MetadataOnly : IKubernetesObject
{
    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }
}
