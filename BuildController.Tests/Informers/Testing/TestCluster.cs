using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using ClientPatch = BuildController.Informers.Client.Patch;

namespace BuildController.Tests.Informers.Testing;

/// <summary>A cluster in virtual time with two custom resources, and short forms of its verbs.</summary>
internal sealed class TestCluster
{
    public static readonly ResourceDefinition Widgets = new()
    {
        Resource = new GroupVersionResource("example.com", "v1", "widgets"),
        Kind = "Widget",
        Scope = ResourceScope.Namespaced,
        HasStatus = true,
    };

    public static readonly ResourceDefinition Gadgets = new()
    {
        Resource = new GroupVersionResource("example.com", "v1", "gadgets"),
        Kind = "Gadget",
        Scope = ResourceScope.Cluster,
    };

    public TestCluster(InMemoryClusterOptions? options = null, int seed = 1)
    {
        World = new VirtualWorld(seed);
        Api = new InMemoryCluster(World.Runtime, options);
        Api.Register(Widgets);
        Api.Register(Gadgets);
    }

    public VirtualWorld World { get; }

    public InMemoryCluster Api { get; }

    /// <summary>The newest version of anything.</summary>
    public string Version => Api.List(CoreResources.Nodes, null, ListOptions.Default).Metadata.ResourceVersion;

    public static ObjectKey InDefault(string name) => new("default", name);

    public static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    public static JsonObject Json(ReadOnlyMemory<byte> bytes) => (JsonObject)JsonNode.Parse(bytes.Span)!;

    public static JsonObject Named(string name, string rest = "") =>
        Json($$"""{ "metadata": { "name": "{{name}}" }{{(rest.Length > 0 ? ", " + rest : rest)}} }""");

    public static ClientPatch Merge(string json) => ClientPatch.Merge(Json(json));

    public static ClientPatch Of(PatchKind kind, string json) => ClientPatch.Of(kind, System.Text.Encoding.UTF8.GetBytes(json));

    public static string Text(JsonObject value, string path) => At(value, path)?.ToString() ?? "";

    public static JsonNode? At(JsonObject value, string path)
    {
        JsonNode? node = value;
        foreach (string step in path.Split('.'))
            node = int.TryParse(step, out int index) ? node?[index] : node?[step];

        return node;
    }

    public JsonObject Create(ResourceDefinition type, string json) => Create(type, Json(json));

    public JsonObject Create(ResourceDefinition type, JsonObject body) =>
        Json(Api.Create(type, type.Scope == ResourceScope.Namespaced ? body["metadata"]?["namespace"]?.ToString() ?? "default" : null, body));

    public JsonObject ConfigMap(string name, string rest = "") => Create(CoreResources.ConfigMaps, Named(name, rest));

    public JsonObject Widget(string name, string rest = "") => Create(Widgets, Named(name, rest));

    public JsonObject Get(ResourceDefinition type, string name) => Json(Api.Get(type, KeyIn(type, name)));

    public bool Exists(ResourceDefinition type, string name)
    {
        try
        {
            Get(type, name);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }

    public JsonObject Replace(ResourceDefinition type, JsonObject body, string? subresource = null) =>
        Json(Api.Replace(type, KeyIn(type, body["metadata"]!["name"]!.ToString()), subresource, body));

    public JsonObject Patch(ResourceDefinition type, string name, string merge, string? subresource = null) =>
        Json(Api.Patch(type, KeyIn(type, name), subresource, Merge(merge), null, out _));

    public JsonObject Patch(ResourceDefinition type, string name, PatchKind kind, string patch) =>
        Json(Api.Patch(type, KeyIn(type, name), null, Of(kind, patch), null, out _));

    public JsonObject Delete(ResourceDefinition type, string name, DeleteOptions? options = null) => Delete(type, name, options, out _);

    public JsonObject Delete(ResourceDefinition type, string name, DeleteOptions? options, out bool gone) =>
        Json(Api.Delete(type, KeyIn(type, name), options ?? new DeleteOptions(), out gone));

    public string[] Names(ResourceDefinition type, ListOptions? options = null, string? @namespace = null) =>
        [.. Api.List(type, @namespace, options ?? ListOptions.Default).Items.Select(item => Text(Json(item), "metadata.name"))];

    public WatchRecorder Watch(ResourceDefinition type, WatchOptions? options = null, string? @namespace = null) =>
        new(World, Api.Watch(type, @namespace, options ?? new WatchOptions { ResourceVersion = Version, AllowBookmarks = false }));

    private static ObjectKey KeyIn(ResourceDefinition type, string name) =>
        type.Scope == ResourceScope.Namespaced ? InDefault(name) : new ObjectKey(name);
}

/// <summary>Reads a watch to its end and keeps what it says.</summary>
internal sealed class WatchRecorder
{
    private readonly VirtualWorld world;
    private readonly List<StoredEvent> events = [];
    private readonly Task reading;

    public WatchRecorder(VirtualWorld world, ClusterWatch watch)
    {
        this.world = world;
        Watch = watch;
        reading = world.Runtime.Start(async () =>
        {
            await foreach (StoredEvent item in watch)
                events.Add(item);
        });
    }

    public ClusterWatch Watch { get; }

    public bool HasEnded
    {
        get
        {
            world.RunUntilIdle();
            return reading.IsCompletedSuccessfully;
        }
    }

    public IReadOnlyList<StoredEvent> Events
    {
        get
        {
            world.RunUntilIdle();
            return events;
        }
    }

    /// <summary>The events as <c>Added name</c>.</summary>
    public string[] Seen => [.. Events.Select(item => item.Type is WatchEventType.Bookmark or WatchEventType.Error
        ? item.Type.ToString()
        : $"{item.Type} {TestCluster.Text(TestCluster.Json(item.Json), "metadata.name")}")];
}
