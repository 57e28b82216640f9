using System.Text.Json.Serialization;
using BuildController.Informers.Api;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// A coordination.k8s.io/v1 Lease. Fields that are not listed here, as <c>strategy</c> and <c>preferredHolder</c>, stay what they
/// are: leases are changed by patches only.
/// </summary>
public sealed record Lease : IKubernetesObject
{
    /// <summary>The resource.</summary>
    public static ResourceType<Lease> ResourceType { get; } = Api.ResourceType.For(
        new GroupVersionResource("coordination.k8s.io", "v1", "leases"), "Lease", ResourceScope.Namespaced, LeaseJsonContext.Default.Lease);

    /// <inheritdoc/>
    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    /// <summary>Who holds it, never null.</summary>
    public LeaseSpec Spec { get => field ?? LeaseSpec.Empty; init; }
}

/// <summary>Source-generated contract of leases.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(Lease))]
internal sealed partial class LeaseJsonContext : JsonSerializerContext;
