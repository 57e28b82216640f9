using System.Text.Json;
using System.Text.Json.Serialization;
using BuildController.Informers.Api;

namespace BuildController.Tests.Informers.Control;

/// <summary>A custom resource that refers to a secret.</summary>
internal sealed record Gadget : IKubernetesObject
{
    public static readonly ResourceType<Gadget> Resource = ResourceType.For(
        new GroupVersionResource("example.com", "v1", "gadgets"), "Gadget", ResourceScope.Namespaced, GadgetJsonContext.Default.Gadget);

    public ObjectMeta Metadata { get => field ?? new ObjectMeta(); init; }

    public GadgetSpec Spec { get => field ?? new GadgetSpec(); init; }

    public static Gadget Of(string name, string? secret = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "ns" },
        Spec = new GadgetSpec { Secret = secret },
    };
}

internal sealed record GadgetSpec
{
    public string? Secret { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Gadget))]
internal sealed partial class GadgetJsonContext : JsonSerializerContext;
