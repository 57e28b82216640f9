using System.Text.Json;
using System.Text.Json.Serialization;
using BuildController.Informers.Api;

namespace BuildController.Tests.Informers.Client.Http;

/// <summary>A model, a type that forgets its version and one that keeps all, of one resource.</summary>
internal static class Types
{
    public static readonly GroupVersionResource ConfigMaps = new(string.Empty, "v1", "configmaps");

    public static readonly ResourceType<ConfigMap> ConfigMap =
        ResourceType.For(ConfigMaps, "ConfigMap", ResourceScope.Namespaced, TestJsonContext.Default.ConfigMap);

    public static readonly ResourceType<UnstructuredObject> AnyConfigMap =
        ResourceType.Unstructured(ConfigMaps, "ConfigMap", ResourceScope.Namespaced);

    public static readonly ResourceType<UnstructuredObject> Pool = ResourceType.Unstructured(
        new GroupVersionResource("machineconfiguration.openshift.io", "v1", "machineconfigpools"), "MachineConfigPool", ResourceScope.Cluster);

    /// <summary>Keeps the name alone.</summary>
    public static readonly ResourceType<string> NameOnly = new(
        ConfigMaps, "ConfigMap", ResourceScope.Namespaced, new NameCodec(), static name => new MetadataView { Key = new ObjectKey("ns", name) });

    private sealed class NameCodec : IObjectCodec<string>
    {
        public string Read(ref Utf8JsonReader reader)
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.GetProperty("metadata").GetProperty("name").GetString()!;
        }

        public void Write(Utf8JsonWriter writer, string value) => throw new NotSupportedException();
    }
}

internal sealed record ConfigMap : IKubernetesObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public IReadOnlyDictionary<string, string> Data { get => field ?? new Dictionary<string, string>(); init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfigMap))]
internal sealed partial class TestJsonContext : JsonSerializerContext;
