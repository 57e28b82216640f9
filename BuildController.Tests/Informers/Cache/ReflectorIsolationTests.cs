using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>One object that cannot be decoded, or is of another kind, stops no other.</summary>
[TestFixture]
public sealed class ReflectorIsolationTests
{
    private static readonly ApiException Unreadable = new(ApiErrorReason.MalformedResponse, "No Widget.");

    [Test]
    public void An_undecodable_object_in_a_list_keeps_no_other_from_the_store_and_health_names_it()
    {
        var loggers = new CapturingLoggerFactory();
        var scene = new CacheScene(loggers: loggers);
        scene.Server.ListWithPoison(10, Poison("bad", 3), Widget.Of("a", 1));

        scene.Start();

        scene.Stored.Should().Equal("a@1");
        scene.Informer.HasSynced.Should().BeTrue();
        scene.Informer.Health.Undecodable.Should().Equal(new ObjectKey("ns", "bad"));
        loggers.Entries.Should().ContainSingle(entry => entry.Message.Contains("ns/bad cannot be decoded"));
    }

    [Test]
    public void An_object_that_becomes_undecodable_stays_as_it_was_and_does_not_look_deleted()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("bad", 1), Widget.Of("a", 1)).Watch(Failed(Expired)).ListWithPoison(20, Poison("bad", 15), Widget.Of("a", 12));

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(5));

        scene.Stored.Should().Equal("a@12", "bad@1");
        scene.Handler.Told.Should().Equal("+i bad@1", "+i a@1", "~ a@1>12");
    }

    [Test]
    public void An_undecodable_object_that_took_anothers_name_lets_the_other_go()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("bad", 1)).Watch(Failed(Expired)).ListWithPoison(20, Poison("bad", 15, uid: "second"));

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(5));

        scene.Handler.Told.Should().Equal("+i bad@1", "-? bad@1");
    }

    [Test]
    public void An_undecodable_event_is_passed_over_and_the_watch_resumed_behind_it()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("bad", 1));
        scene.Start();

        scene.Server.LastWatch.OnUndecodable!(Poison("bad", 11));
        scene.Server.LastWatch.Close();
        scene.World.Advance(TimeSpan.FromSeconds(5));

        scene.Server.WatchRequests[^1].ResourceVersion.Should().Be("11");
        scene.Stored.Should().Equal("bad@1");
        scene.Informer.Health.Undecodable.Should().ContainSingle();
    }

    [Test]
    public void An_object_that_can_be_decoded_again_is_an_update_and_counts_no_more()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("bad", 1));
        scene.Start();
        scene.Server.LastWatch.OnUndecodable!(Poison("bad", 11));

        scene.Server.LastWatch.Send(Modified(Widget.Of("bad", 12)));
        scene.World.RunUntilIdle();

        scene.Handler.Told.Should().Equal("+i bad@1", "~ bad@1>12");
        scene.Informer.Health.Undecodable.Should().BeEmpty();
    }

    [Test]
    public void An_undecodable_object_in_a_streamed_list_is_kept_as_it_was()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions { UseWatchList = true });
        scene.Server.Watch(Added(Widget.Of("bad", 1)), EndOfList(10), Failed(Expired)).Watch();
        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(5));

        scene.Server.LastWatch.OnUndecodable!(Poison("bad", 15));
        scene.Server.LastWatch.Send(Added(Widget.Of("a", 12)), EndOfList(20));
        scene.World.RunUntilIdle();

        scene.Stored.Should().Equal("a@12", "bad@1");
        scene.Handler.Told.Should().Equal("+i bad@1", "+ a@12");
        scene.Informer.Health.ResourceVersion.Should().Be("20");
    }

    [Test]
    public void Against_a_cluster_one_poisoned_object_blocks_nothing_and_its_deletion_is_found()
    {
        var world = new VirtualWorld();
        var client = new FakeClientset(runtime: world.Runtime);
        client.Seed(Raw, Sized("good", 1), Sized("bad", "huge"));
        var factory = new SharedInformerFactory(client, null, world.Runtime);
        ISharedInformer<SizedWidget> informer = factory.For(SizedWidget.Type);
        factory.Start();
        world.RunUntilIdle();
        Sizes(informer).Should().Equal("good=1");

        Resize(world, client, "good", "enormous");
        Resize(world, client, "bad", 2);
        world.RunUntilIdle();
        Sizes(informer).Should().Equal("bad=2", "good=1");
        informer.Health.Undecodable.Should().Equal(new ObjectKey("default", "good"));

        world.Run(() => client.Resource(Raw).DeleteAsync(new ObjectKey("default", "good")));
        world.Advance(TimeSpan.FromSeconds(5));
        Sizes(informer).Should().Equal("bad=2");
        informer.Health.Undecodable.Should().BeEmpty();
        world.Run(async () => await factory.DisposeAsync());
    }

    [TestCase("Gadget", "example.com/v1")]
    [TestCase("Widget", "example.com/v2")]
    public void An_object_of_another_kind_or_version_is_left_out_where_it_says_so(string kind, string apiVersion)
    {
        var loggers = new CapturingLoggerFactory();
        var world = new VirtualWorld();
        var health = new ReflectorHealth(world.Time);
        var intake = new ReflectorIntake<UnstructuredObject>(
            Raw, null, _ => null, health, BuildController.Informers.Diagnostics.ReflectorMetrics.Of(world.Runtime.Meter), loggers);

        intake.Admit(UnstructuredObject.Parse($$$"""{"kind":"{{{kind}}}","apiVersion":"{{{apiVersion}}}","metadata":{"name":"a"}}""")).Should().BeNull();
        intake.Admit(UnstructuredObject.Parse("""{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"a"}}""")).Should().NotBeNull();
        intake.Admit(UnstructuredObject.Parse("""{"metadata":{"name":"a"}}""")).Should().NotBeNull("lists leave the kind out");
        intake.Admit(UnstructuredObject.Parse("""{"kind":"Widget"}""")).Should().BeNull("it has no name");

        loggers.Entries.Should().ContainSingle(entry => entry.Message.Contains(kind) && entry.Message.Contains("which is no Widget"));
    }

    private static readonly ResourceType<UnstructuredObject> Raw =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    private static UndecodableObject Poison(string name, int version, string? uid = null) =>
        new(new ObjectKey("ns", name), uid ?? $"uid-{name}", $"{version}", Unreadable);

    private static UnstructuredObject Sized(string name, JsonNode size) => UnstructuredObject.Parse(new JsonObject
    {
        ["apiVersion"] = "example.com/v1", ["kind"] = "Widget",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new JsonObject { ["size"] = size },
    }.ToJsonString());

    private static void Resize(VirtualWorld world, FakeClientset client, string name, JsonNode size) =>
        world.Run(() => client.Resource(Raw).PatchAsync(
            new ObjectKey("default", name), BuildController.Informers.Client.Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["size"] = size } })));

    private static IEnumerable<string> Sizes(ISharedInformer<SizedWidget> informer) =>
        informer.Indexer.List().Select(widget => $"{widget.Metadata.Name}={widget.Size}").Order(StringComparer.Ordinal);

    private sealed record SizedWidget(ObjectMeta Metadata, int Size) : IKubernetesObject
    {
        public static ResourceType<SizedWidget> Type { get; } =
            new(Raw.Resource, Raw.Kind, Raw.Scope, new NumbersOnly(), static value => MetadataView.Of(value.Metadata));

        private sealed class NumbersOnly : IObjectCodec<SizedWidget>
        {
            public SizedWidget Read(ref Utf8JsonReader reader)
            {
                var value = new UnstructuredObject(JsonElement.ParseValue(ref reader));
                JsonElement size = value.Root.GetProperty("spec").GetProperty("size");
                return size.ValueKind == JsonValueKind.Number ? new SizedWidget(value.Metadata, size.GetInt32()) : throw new JsonException("The size is no number.");
            }

            public void Write(Utf8JsonWriter writer, SizedWidget value) => throw new NotSupportedException();
        }
    }
}
