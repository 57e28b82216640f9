using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>A fixture with a custom resource of its own, in a group that nobody else has.</summary>
public abstract class CustomResourceConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    private readonly List<string> definitions = [];

    /// <summary>The group of the fixture's resources.</summary>
    protected string Group { get; } = $"conformance-{Guid.NewGuid().ToString("N")[..10]}.example.com";

    protected IResourceClient<JsonObject> Definitions => Clientset.Resource(Kinds.Definitions);

    /// <summary>The body of a definition with one version, <c>v1</c>.</summary>
    /// <param name="plural">Its plural name; the kind is made of it.</param>
    /// <param name="schema">The properties of its schema, as JSON.</param>
    /// <param name="version">Further members of the version, as JSON.</param>
    /// <param name="scope">Namespaced or Cluster.</param>
    protected JsonObject DefinitionOf(string plural, string schema, string version = "", string scope = "Namespaced") => JsonReading.Parse($$"""
        { "metadata": { "name": "{{plural}}.{{Group}}" },
          "spec": { "group": "{{Group}}", "scope": "{{scope}}", "names": { "plural": "{{plural}}", "kind": "{{KindOf(plural)}}" },
            "versions": [ { "name": "v1", "served": true, "storage": true{{(version.Length > 0 ? "," : "")}}{{version}},
              "schema": { "openAPIV3Schema": { "type": "object", "properties": { {{schema}} } } } } ] } }
        """);

    /// <summary>The resource of a definition.</summary>
    protected ResourceType<JsonObject> TypeOf(string plural, string version = "v1", ResourceScope scope = ResourceScope.Namespaced) =>
        Kinds.Of(Group, version, plural, KindOf(plural), scope);

    /// <summary>Creates a definition, and waits until its resource can be used.</summary>
    protected async Task<IResourceClient<JsonObject>> EstablishAsync(JsonObject definition, string version = "v1")
    {
        JsonObject created = await CreateDefinitionAsync(definition);
        await UntilAsync(created.Name(), static one => IsTrue(one, "Established"));
        ResourceScope scope = created.Text("spec.scope") == "Cluster" ? ResourceScope.Cluster : ResourceScope.Namespaced;
        ResourceType<JsonObject> type = Kinds.Of(Group, version, created.Text("spec.names.plural"), created.Text("spec.names.kind"), scope);
        if (scope == ResourceScope.Namespaced)
            Uses(type);

        IResourceClient<JsonObject> client = Clientset.Resource(type);
        await ServedAsync(client);
        await ReadyAsync(client);
        return client;
    }

    protected async Task<JsonObject> CreateDefinitionAsync(JsonObject definition)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        definitions.Add(definition.Name());
        return await Definitions.CreateAsync(definition, stop.Token);
    }

    /// <summary>Waits for a definition to come to a state; fails if it goes before.</summary>
    protected async Task<JsonObject> UntilAsync(string name, Func<JsonObject, bool> reached)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var events = new EventReader(
            await Definitions.WatchAsync(null, new WatchOptions { FieldSelector = $"metadata.name={name}" }, stop.Token), stop.Token);
        while (await events.NextAsync() is { } next)
        {
            next.Type.Should().BeOneOf(WatchEventType.Added, WatchEventType.Modified);
            if (reached(next.Object!))
                return next.Object!;
        }

        throw new TimeoutException($"The watch of {name} ended before it came to the state that is waited for.");
    }

    /// <summary>Waits until a definition is gone.</summary>
    protected async Task GoneAsync(string name)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        ListMetadata now = await Definitions.ListAsync(null, new ListOptions { FieldSelector = $"metadata.name={name}" }, static _ => { }, stop.Token);
        if (await Definitions.FindAsync(new ObjectKey(name), stop.Token) is null)
            return;

        await using var events = new EventReader(
            await Definitions.WatchAsync(null, new WatchOptions { FieldSelector = $"metadata.name={name}", ResourceVersion = now.ResourceVersion }, stop.Token), stop.Token);
        while ((await events.NextAsync())!.Value.Type != WatchEventType.Deleted)
        {
        }
    }

    protected static bool IsTrue(JsonObject definition, string condition) => Condition(definition, condition).Text("status") == "True";

    protected static JsonNode? Condition(JsonObject definition, string condition) =>
        (definition.At("status.conditions") as JsonArray)?.SingleOrDefault(one => one.Text("type") == condition);

    protected override async Task CleanUpAsync()
    {
        foreach (string name in definitions)
        {
            if (await Definitions.DeleteIfExistsAsync(new ObjectKey(name)))
                await GoneAsync(name);
        }
    }

    /// <summary>A server may take a moment from saying that it serves a resource to serving it.</summary>
    private static async Task ServedAsync(IResourceClient<JsonObject> client)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                await client.ListAsync(null, new ListOptions { Limit = 1 }, static _ => { }, stop.Token);
                return;
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>
    /// A server's cache of a resource starts some time after the resource, and watches from before it are refused. One from
    /// any version is accepted when the cache is there.
    /// </summary>
    private static async Task ReadyAsync(IResourceClient<JsonObject> client)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using IWatchStream<JsonObject> stream = await client.WatchAsync(null, new WatchOptions { ResourceVersion = "0" }, stop.Token);
    }

    private static string KindOf(string plural) => char.ToUpperInvariant(plural[0]) + plural[1..^1];
}
