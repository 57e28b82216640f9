using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>
/// What every clientset does, whatever it reaches. Each fixture works in a namespace of its own, and takes away what it made. Nothing here
/// needs more than an API server: no controllers, no nodes; and nothing that a server of version 1.26 does not do.
/// </summary>
/// <remarks>
/// Versions are opaque, events are awaited, never the clock, and words are compared only where servers have not changed them.
/// </remarks>
[Category("Conformance")]
[CancelAfter(120_000)]
public abstract class ClientsetConformance(ConformanceTarget target)
{
    private readonly List<ResourceType<JsonObject>> used = [Kinds.ConfigMaps, Kinds.Secrets, Kinds.Pods, Kinds.Leases, Kinds.ServiceAccounts, Kinds.Events];

    protected static CancellationToken Stop => TestContext.CurrentContext.CancellationToken;

    protected ConformanceTarget Target => target;

    protected IClientset Clientset { get; private set; } = null!;

    protected string Namespace { get; private set; } = string.Empty;

    protected IResourceClient<JsonObject> Maps => Clientset.Resource(Kinds.ConfigMaps);

    protected IResourceClient<JsonObject> Secrets => Clientset.Resource(Kinds.Secrets);

    [OneTimeSetUp]
    public async Task MakeNamespace()
    {
        Clientset = await target.ConnectAsync();
        Namespace = (await NewNamespaceAsync(CancellationToken.None)).Name();
        await PrepareAsync();
    }

    [OneTimeTearDown]
    public async Task TakeAwayWhatWasMade()
    {
        if (Namespace.Length == 0)
            return;

        foreach (ResourceType<JsonObject> type in used)
            await EmptyAsync(type);

        await Clientset.Resource(Kinds.Namespaces).DeleteIfExistsAsync(new ObjectKey(Namespace));
        await CleanUpAsync();
    }

    /// <summary>Makes what all tests of the fixture use.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Takes away what is not in the fixture's namespace.</summary>
    protected virtual Task CleanUpAsync() => Task.CompletedTask;

    /// <summary>Has the objects of a resource taken away in the end.</summary>
    protected void Uses(ResourceType<JsonObject> type) => used.Insert(0, type);

    protected Task<JsonObject> NewNamespaceAsync(CancellationToken cancellationToken) => Clientset.Resource(Kinds.Namespaces)
        .CreateAsync(JsonReading.Parse("""{ "metadata": { "generateName": "conformance-" } }"""), cancellationToken);

    protected ObjectKey Key(string name) => new(Namespace, name);

    /// <summary>An object in the fixture's namespace.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rest">Its other members, as JSON.</param>
    /// <param name="metadata">The other members of its metadata, as JSON.</param>
    protected JsonObject Named(string name, string rest = "", string metadata = "") => JsonReading.Parse(
        $$"""{ "metadata": { "name": "{{name}}", "namespace": "{{Namespace}}"{{(metadata.Length > 0 ? "," : "")}}{{metadata}} }{{(rest.Length > 0 ? "," : "")}}{{rest}} }""");

    protected Task<JsonObject> MapAsync(string name, string rest = "", string metadata = "") => Maps.CreateAsync(Named(name, rest, metadata), Stop);

    protected static Patch Merge(string json) => Patch.Merge(JsonReading.Parse(json));

    protected static Patch Of(PatchKind kind, string json) => Patch.Of(kind, System.Text.Encoding.UTF8.GetBytes(json));

    protected static async Task<ApiException> RefusalOf(Func<Task> call) =>
        (await FluentActions.Awaiting(call).Should().ThrowAsync<ApiException>()).Which;

    /// <summary>Asserts that a refusal names a field as a cause.</summary>
    protected static void ShouldBlame(ApiException error, string type, string field)
    {
        error.IsInvalid.Should().BeTrue(error.Message);
        error.Code.Should().Be(422);
        error.Causes.Should().Contain(cause => cause.Type == type && cause.Field == field, error.Message);
    }

    protected static async Task<string[]> NamesAsync(IResourceClient<JsonObject> client, string? @namespace, ListOptions options) =>
        [.. (await client.ListAsync(@namespace, options, Stop)).Items.Select(static item => item.Name())];

    protected Task<IWatchStream<JsonObject>> WatchAsync(IResourceClient<JsonObject> client, string? from, string? selector = null) =>
        client.WatchAsync(Namespace, new WatchOptions { ResourceVersion = from, LabelSelector = selector }, Stop);

    /// <summary>The version that a list of a resource is in now.</summary>
    protected async Task<string> VersionAsync(IResourceClient<JsonObject> client) =>
        (await client.ListAsync(Namespace, new ListOptions { Limit = 1 }, Stop)).Metadata.ResourceVersion;

    private async Task EmptyAsync(ResourceType<JsonObject> type)
    {
        IResourceClient<JsonObject> client = Clientset.Resource(type);
        try
        {
            ResourceList<JsonObject> left = await client.ListAsync(type.Scope == ResourceScope.Namespaced ? Namespace : null);
            foreach (JsonObject item in left.Items)
                await RemoveAsync(client, type.KeyOf(item), item.At("metadata.finalizers") is not null);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // The resource went with the test that was about that.
        }
    }

    private static async Task RemoveAsync(IResourceClient<JsonObject> client, ObjectKey key, bool isHeld)
    {
        try
        {
            if (isHeld)
                await client.PatchAsync(key, Patch.Merge(JsonReading.Parse("""{ "metadata": { "finalizers": null } }""")));

            await client.DeleteAsync(key, new DeleteOptions { GracePeriod = TimeSpan.Zero });
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone with its last finalizer.
        }
    }
}
