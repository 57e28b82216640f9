using System.Text;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class FakeClientsetTests
{
    private static readonly ResourceType<UnstructuredObject> Widgets =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    private static readonly ResourceType<UnstructuredObject> ConfigMaps =
        ResourceType.Unstructured(new GroupVersionResource("", "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    private static readonly ObjectKey Key = new("default", "w");

    private VirtualWorld world = null!;
    private FakeClientset client = null!;

    [SetUp]
    public void Start()
    {
        world = new VirtualWorld();
        client = new FakeClientset(runtime: world.Runtime).Register(Widgets);
    }

    [Test]
    public async Task Objects_go_through_the_same_codecs_as_over_HTTP()
    {
        IResourceClient<UnstructuredObject> widgets = client.Resource(Widgets);

        UnstructuredObject created = await widgets.CreateAsync(Widget("w"));
        UnstructuredObject read = await widgets.GetAsync(Key);

        created.Metadata.Uid.Should().NotBeNullOrEmpty();
        read.Metadata.Should().BeEquivalentTo(created.Metadata);
        read.ApiVersion.Should().Be("example.com/v1");
        read.Root.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(1);
    }

    [Test]
    public async Task A_typed_projection_reads_only_what_it_knows_and_a_patch_loses_nothing()
    {
        ResourceType<MetadataOnly> slim = new(Widgets.Resource, "Widget", ResourceScope.Namespaced, MetadataOnly.Codec, value => MetadataView.Of(value.Metadata));
        client.Seed(Widgets, Widget("w"));

        MetadataOnly patched = await client.Resource(slim).PatchAsync(Key, Merge("""{ "metadata": { "labels": { "a": "b" } } }"""));

        patched.Metadata.Labels.Should().ContainKey("a");
        (await client.Resource(Widgets).GetAsync(Key)).Root.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(1);
        Func<Task> replace = () => client.Resource(slim).ReplaceAsync(patched);
        await replace.Should().ThrowAsync<InvalidOperationException>();
    }

    [Test]
    public async Task A_resource_that_nobody_registered_is_not_found()
    {
        Func<Task> get = () => new FakeClientset().Resource(Widgets).GetAsync(Key);

        (await get.Should().ThrowAsync<ApiException>()).Which.Message.Should().Be("the server could not find the requested resource");
    }

    [Test]
    public async Task A_stale_replace_is_a_conflict()
    {
        IResourceClient<UnstructuredObject> widgets = client.Resource(Widgets);
        UnstructuredObject stale = await widgets.CreateAsync(Widget("w"));
        await widgets.PatchAsync(Key, Merge("""{ "spec": { "size": 2 } }"""));

        Func<Task> replace = () => widgets.ReplaceAsync(stale);

        (await replace.Should().ThrowAsync<ApiException>()).Which.IsConflict.Should().BeTrue();
    }

    [Test]
    public async Task Every_call_is_recorded_with_what_it_sent_those_that_fail_too()
    {
        IResourceClient<UnstructuredObject> widgets = client.Resource(Widgets);
        await widgets.CreateAsync(Widget("w"));
        await widgets.FindAsync(new ObjectKey("default", "none"));
        await widgets.PatchStatusAsync(Key, Merge("""{ "status": { "ready": true } }"""));
        await widgets.ListAsync("default");
        await using (await widgets.WatchAsync(null, new WatchOptions()))
        {
        }

        await widgets.DeleteAsync(Key, new DeleteOptions { ResourceVersion = null, Uid = null });

        client.Actions.Select(action => action.ToString()).Should().Equal(
            "create widgets default/w", "get widgets default/none", "patch widgets/status default/w", "list widgets default", "watch widgets", "delete widgets default/w");
        Encoding.UTF8.GetString(client.Actions[2].Body.Span).Should().Be("""{"status":{"ready":true}}""");
        client.Actions[2].PatchKind.Should().Be(PatchKind.JsonMerge);
        client.Actions[5].DeleteOptions.Should().NotBeNull();
        client.ClearActions();
        client.Actions.Should().BeEmpty();
    }

    [Test]
    public async Task Seeded_objects_keep_their_status_and_bring_their_namespace()
    {
        UnstructuredObject seeded = client.Seed(Widgets, UnstructuredObject.Parse(
            """{ "metadata": { "name": "s", "namespace": "team" }, "status": { "phase": "Done" } }""")).Single();

        seeded.Root.GetProperty("status").GetProperty("phase").GetString().Should().Be("Done");
        (await client.Resource(Widgets).GetAsync(new ObjectKey("team", "s"))).Metadata.ResourceVersion.Should().Be(seeded.Metadata.ResourceVersion);
        client.Actions.Should().ContainSingle("seeding is not a call");
    }

    [Test]
    public async Task A_call_can_be_refused_as_often_as_asked()
    {
        client.Seed(Widgets, Widget("w"));
        client.Fail("patch", "widgets", new ApiException(ApiErrorReason.ConnectionLost, "cut"), times: 2);
        IResourceClient<UnstructuredObject> widgets = client.Resource(Widgets);
        Func<Task> patch = () => widgets.PatchAsync(Key, Merge("""{ "spec": { "size": 2 } }"""));

        await patch.Should().ThrowAsync<ApiException>();
        await patch.Should().ThrowAsync<ApiException>();
        await patch.Should().NotThrowAsync();
        await widgets.GetAsync(Key);
    }

    [Test]
    public async Task A_write_can_be_applied_without_anyone_being_told()
    {
        client.AddReactor(async (request, next, _) =>
        {
            FakeResponse response = await next();
            return request.Verb == "create" ? throw new ApiException(ApiErrorReason.ConnectionLost, "cut") : response;
        });
        Func<Task> create = () => client.Resource(Widgets).CreateAsync(Widget("w"));

        (await create.Should().ThrowAsync<ApiException>()).Which.IsTransient.Should().BeTrue();

        (await client.Resource(Widgets).FindAsync(Key)).Should().NotBeNull();
    }

    [Test]
    public void A_call_can_be_delayed_and_cancelled_meanwhile()
    {
        client.Seed(Widgets, Widget("w"));
        client.AddReactor(async (_, next, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), world.Time, cancellationToken);
            return await next();
        });
        using var stop = new CancellationTokenSource();
        Task slow = world.Runtime.Start(() => client.Resource(Widgets).GetAsync(Key));
        Task cancelled = world.Runtime.Start(() => client.Resource(Widgets).GetAsync(Key, stop.Token));
        world.Advance(TimeSpan.FromSeconds(9));
        slow.IsCompleted.Should().BeFalse();

        stop.Cancel();
        world.Advance(TimeSpan.FromSeconds(1));

        slow.IsCompletedSuccessfully.Should().BeTrue();
        cancelled.IsCanceled.Should().BeTrue();
    }

    [Test]
    public async Task The_newest_reactor_comes_first_and_can_answer_in_the_cluster_s_place()
    {
        client.AddReactor((_, _, _) => throw new InvalidOperationException("shadowed"));
        client.AddReactor((_, _, _) => Task.FromResult(FakeResponse.Of(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "made-up" } })));

        (await client.Resource(Widgets).GetAsync(Key)).Metadata.Name.Should().Be("made-up");
    }

    [Test]
    public void A_reactor_may_call_the_clientset_itself()
    {
        client.Seed(Widgets, Widget("w"));
        client.AddReactor(async (request, next, cancellationToken) =>
        {
            if (request.Verb == "patch")
                await client.Resource(Widgets).DeleteAsync(Key, cancellationToken: cancellationToken);

            return await next();
        });
        Func<Task> patch = () => client.Resource(Widgets).PatchAsync(Key, Merge("""{ "spec": { "size": 2 } }"""));

        patch.Should().ThrowAsync<ApiException>().GetAwaiter().GetResult().Which.IsNotFound.Should().BeTrue();
    }

    [Test]
    public void A_watch_gives_typed_events_bookmarks_and_errors()
    {
        var seen = new List<string>();
        client.Seed(Widgets, Widget("w"));
        IResourceClient<UnstructuredObject> widgets = client.Resource(Widgets);
        Task reading = Read(new WatchOptions { SendInitialEvents = true });
        world.RunUntilIdle();
        client.Cluster.Delete(TestCluster.Widgets, Key, new DeleteOptions(), out _);
        world.RunUntilIdle();
        client.Cluster.Compact();
        Task refused = Read(WatchOptions.From("1"));
        world.Advance(TimeSpan.FromHours(2));

        reading.IsCompletedSuccessfully.Should().BeTrue();
        refused.IsCompletedSuccessfully.Should().BeTrue();
        seen.Where(one => !one.StartsWith("Bookmark False")).Should().Equal("Added w", "Bookmark True", "Deleted w", "Error True");

        Task Read(WatchOptions options) => world.Runtime.Start(async () =>
        {
            await using IWatchStream<UnstructuredObject> stream = await widgets.WatchAsync("default", options);
            await foreach (WatchEvent<UnstructuredObject> item in stream)
            {
                seen.Add(item.Type switch
                {
                    WatchEventType.Bookmark => $"Bookmark {item.EndsInitialEvents}",
                    WatchEventType.Error => $"Error {item.Error!.IsExpired}",
                    _ => $"{item.Type} {item.Object!.Metadata.Name}",
                });
            }
        });
    }

    [Test]
    public void A_reactor_can_cut_a_watch()
    {
        client.AddReactor(async (request, next, _) =>
        {
            FakeResponse response = await next();
            return request.Verb == "watch" ? response with { Events = CutAfter(1, response.Events!) } : response;
        });
        Task reading = world.Runtime.Start(async () =>
        {
            await using IWatchStream<UnstructuredObject> stream = await client.Resource(ConfigMaps).WatchAsync("default", new WatchOptions());
            await foreach (WatchEvent<UnstructuredObject> _ in stream)
            {
            }
        });
        world.RunUntilIdle();

        client.Seed(ConfigMaps, UnstructuredObject.Parse("""{ "metadata": { "name": "a", "namespace": "default" } }"""));
        world.RunUntilIdle();

        reading.IsFaulted.Should().BeTrue();
        reading.Exception!.InnerException.Should().BeOfType<ApiException>().Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        world.Time.ActiveTimers.Should().Be(0);

        static async IAsyncEnumerable<StoredEvent> CutAfter(int count, IAsyncEnumerable<StoredEvent> events)
        {
            await foreach (StoredEvent item in events)
            {
                yield return item;
                if (--count == 0)
                    throw new ApiException(ApiErrorReason.ConnectionLost, "The stream was cut.");
            }
        }
    }

    private static UnstructuredObject Widget(string name) =>
        UnstructuredObject.Parse($$"""{ "metadata": { "name": "{{name}}", "namespace": "default" }, "spec": { "size": 1 } }""");

    private static Patch Merge(string json) => Patch.Merge((JsonObject)JsonNode.Parse(json)!);

    /// <summary>The smallest projection: metadata alone.</summary>
    private sealed class MetadataOnly(ObjectMeta metadata) : IKubernetesObject
    {
        public static readonly IObjectCodec<MetadataOnly> Codec = new MetadataOnlyCodec();

        public ObjectMeta Metadata => metadata;

        private sealed class MetadataOnlyCodec : IObjectCodec<MetadataOnly>
        {
            public MetadataOnly Read(ref System.Text.Json.Utf8JsonReader reader) =>
                new(new UnstructuredObject(System.Text.Json.JsonElement.ParseValue(ref reader)).Metadata);

            public void Write(System.Text.Json.Utf8JsonWriter writer, MetadataOnly value) => throw new NotSupportedException();
        }
    }
}
