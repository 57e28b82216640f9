using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Tests.Informers.Cache;

/// <summary>A small object for these tests. It never crosses a wire, so its codec refuses.</summary>
internal sealed record Widget(string Namespace, string Name, string Uid, string Version)
{
    public static ResourceType<Widget> Resource { get; } = Describe(ResourceScope.Namespaced);

    public static ResourceType<Widget> ClusterResource { get; } = Describe(ResourceScope.Cluster);

    public string Data { get; init; } = string.Empty;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public ObjectKey Key => new(Namespace, Name);

    /// <summary>A widget in the namespace "ns"; its UID follows from its name.</summary>
    public static Widget Of(string name, int version, string? uid = null) => new("ns", name, uid ?? $"uid-{name}", $"{version}");

    public override string ToString() => $"{Name}@{Version}";

    private static ResourceType<Widget> Describe(ResourceScope scope) => new(
        new GroupVersionResource("test.example", "v1", "widgets"), "Widget", scope, new NoCodec(),
        static widget => new MetadataView { Key = widget.Key, Uid = widget.Uid, ResourceVersion = widget.Version, Labels = widget.Labels });

    private sealed class NoCodec : IObjectCodec<Widget>
    {
        public Widget Read(ref Utf8JsonReader reader) => throw new NotSupportedException();

        public void Write(Utf8JsonWriter writer, Widget value) => throw new NotSupportedException();
    }
}
