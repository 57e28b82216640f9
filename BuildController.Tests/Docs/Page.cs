using System.Text.Json;
using System.Text.Json.Serialization;
using BuildController.Informers.Api;

namespace BuildController.Tests.Docs;

#region page
/// <summary>A custom resource: a page of a web site.</summary>
internal sealed record Page : IKubernetesObject
{
    public static readonly ResourceType<Page> Type = ResourceType.For(
        new GroupVersionResource("example.com", "v1", "pages"), "Page", ResourceScope.Namespaced, PageJson.Default.Page);

    public ObjectMeta Metadata { get; init; } = new();

    public PageSpec Spec { get; init; } = new();
}

internal sealed record PageSpec
{
    public string Text { get; init; } = "";
}

/// <summary>What of a ConfigMap matters here.</summary>
internal sealed record ConfigMap : IKubernetesObject
{
    public static readonly ResourceType<ConfigMap> Type = ResourceType.For(
        new GroupVersionResource("", "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced, PageJson.Default.ConfigMap);

    public ObjectMeta Metadata { get; init; } = new();

    public Dictionary<string, string> Data { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page))]
[JsonSerializable(typeof(ConfigMap))]
internal sealed partial class PageJson : JsonSerializerContext;
#endregion
