using System.Text.Json.Serialization;
using BuildController.Informers.Api;

namespace BuildController.Tests.Informers.Testing.Simulation;

/// <summary>A custom resource: who makes one is given a port of its own.</summary>
internal sealed record Claim : IKubernetesObject
{
    public static readonly ResourceType<Claim> Resource = ResourceType.For(
        new GroupVersionResource("example.com", "v1", "claims"), "Claim", ResourceScope.Namespaced, ClaimJsonContext.Default.Claim);

    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    public ClaimStatus Status { get => field ?? new ClaimStatus(); init; }

    [JsonIgnore]
    public string Name => Metadata.Name;

    [JsonIgnore]
    public bool IsDeleting => Metadata.DeletionTimestamp is not null;

    public static Claim Of(string name) => new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" } };
}

internal sealed record ClaimStatus
{
    public int? Port { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(BuildController.Informers.Api.Rfc3339Converter)])]
[JsonSerializable(typeof(Claim))]
internal sealed partial class ClaimJsonContext : JsonSerializerContext;
