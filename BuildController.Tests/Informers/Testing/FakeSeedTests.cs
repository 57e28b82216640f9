using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Control;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

/// <summary>What a fake begins with.</summary>
[TestFixture]
public sealed class FakeSeedTests
{
    private static readonly ObjectKey One = new("ns", "one");

    [Test]
    public async Task A_fake_begins_with_the_objects_given_and_knows_their_resources()
    {
        var client = new FakeClientset(Gadget.Resource.With(Gadget.Of("one"), Gadget.Of("two")), Resources.ConfigMaps.With(Map("m")), Resources.MachineConfigPools.With());

        (await client.Resource(Gadget.Resource).ListAsync(null)).Items.Select(static gadget => gadget.Metadata.Name).Should().Equal("one", "two");
        (await client.Resource(Resources.ConfigMaps).GetAsync(new ObjectKey("ns", "m"))).Data.Should().ContainKey("a");
        (await client.Resource(Resources.MachineConfigPools).ListAsync(null)).Items.Should().BeEmpty();
        client.Lines.Should().Equal(["list gadgets", "get configmaps ns/m", "list machineconfigpools"], "what it begins with is no call");
    }

    [Test]
    public void In_a_virtual_world_it_begins_at_the_world_s_time_and_the_same_seed_gives_the_same_objects()
    {
        Gadget first = Make(), second = Make();

        first.Metadata.Should().BeEquivalentTo(second.Metadata);

        static Gadget Make()
        {
            var world = new VirtualWorld();
            var client = new FakeClientset(world.Runtime, Gadget.Resource.With(Gadget.Of("one")));
            Gadget gadget = world.Run(() => client.Resource(Gadget.Resource).GetAsync(One));
            gadget.Metadata.CreationTimestamp.Should().Be(world.Time.GetUtcNow());
            return gadget;
        }
    }

    [Test]
    public async Task Objects_keep_what_only_a_server_sets()
    {
        var born = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Gadget given = Gadget.Of("one") with
        {
            Metadata = new ObjectMeta
            {
                Name = "one", Namespace = "ns", Uid = "uid-1", Generation = 7, CreationTimestamp = born, DeletionTimestamp = born.AddDays(1), Finalizers = ["example.com/hold"], ResourceVersion = "99",
            },
        };

        var client = new FakeClientset(Gadget.Resource.With(given));

        ObjectMeta kept = (await client.Resource(Gadget.Resource).GetAsync(One)).Metadata;
        kept.Should().BeEquivalentTo(given.Metadata, static options => options.Excluding(static metadata => metadata.ResourceVersion));
        kept.ResourceVersion.Should().NotBe("99", "versions are the cluster's own, one sequence for all");
    }

    [Test]
    public async Task What_is_owned_may_name_the_uid_of_an_owner_given_after_it_and_goes_with_it()
    {
        Gadget owner = Gadget.Of("one") with { Metadata = new ObjectMeta { Name = "one", Namespace = "ns", Uid = "uid-1" } };
        var client = new FakeClientset(Resources.ConfigMaps.With(Map("kept", owner: "uid-1"), Map("orphan", owner: "uid-2")), Gadget.Resource.With(owner));
        IResourceClient<ConfigMap> maps = client.Resource(Resources.ConfigMaps);

        (await maps.ListAsync(null)).Items.Select(static map => map.Metadata.Name).Should().Equal(["kept"], "a missing owner's is collected, as in any cluster");
        await client.Resource(Gadget.Resource).DeleteAsync(One);

        (await maps.ListAsync(null)).Items.Should().BeEmpty();
    }

    [Test]
    public async Task An_object_that_is_being_deleted_goes_when_its_finalizer_does()
    {
        Gadget given = Gadget.Of("one") with
        {
            Metadata = new ObjectMeta { Name = "one", Namespace = "ns", DeletionTimestamp = DateTimeOffset.UnixEpoch, Finalizers = ["example.com/hold"] },
        };
        var client = new FakeClientset(Gadget.Resource.With(given));

        await client.Resource(Gadget.Resource).PatchAsync(One, TestCluster.Merge("""{ "metadata": { "finalizers": null } }"""));

        (await client.Resource(Gadget.Resource).FindAsync(One)).Should().BeNull();
    }

    [Test]
    public void What_cannot_be_in_a_cluster_is_refused_in_words_that_help()
    {
        Gadget going = Gadget.Of("one") with { Metadata = new ObjectMeta { Name = "one", Namespace = "ns", DeletionTimestamp = DateTimeOffset.UnixEpoch } };
        Gadget twin = Gadget.Of("two") with { Metadata = new ObjectMeta { Name = "two", Namespace = "ns", Uid = "uid-1" } };
        Gadget other = Gadget.Of("three") with { Metadata = new ObjectMeta { Name = "three", Namespace = "ns", Uid = "uid-1" } };

        FluentActions.Invoking(() => new FakeClientset(Gadget.Resource.With(going))).Should().Throw<ArgumentException>().WithMessage("Gadget one is being deleted*Give it a finalizer*");
        FluentActions.Invoking(() => new FakeClientset(Gadget.Resource.With(twin, other))).Should().Throw<ArgumentException>().WithMessage("Gadget three has the UID of Gadget two*");
        FluentActions.Invoking(() => new FakeClientset(Gadget.Resource.With(Gadget.Of("one"), Gadget.Of("one")))).Should().Throw<ApiException>().Which.IsAlreadyExists.Should().BeTrue();
        FluentActions.Invoking(() => new FakeClientset(Gadget.Resource.With(Gadget.Of("No Name")))).Should().Throw<ApiException>().Which.IsInvalid.Should().BeTrue();
    }

    [Test]
    public void A_seed_is_one_event_to_those_who_watch()
    {
        var world = new VirtualWorld();
        var client = new FakeClientset(world.Runtime);
        client.Cluster.Register(TestCluster.Widgets);
        string version = client.Cluster.List(TestCluster.Widgets, null, ListOptions.Default).Metadata.ResourceVersion;
        var watch = new WatchRecorder(world, client.Cluster.Watch(TestCluster.Widgets, null, new WatchOptions { ResourceVersion = version, AllowBookmarks = false }));

        client.Seed(
            ResourceType.Unstructured(TestCluster.Widgets.Resource, "Widget", ResourceScope.Namespaced),
            UnstructuredObject.Parse("""{ "metadata": { "name": "a", "namespace": "new" }, "status": { "phase": "Done" } }"""));

        watch.Seen.Should().Equal("Added a");
        TestCluster.Text(TestCluster.Json(watch.Events[0].Json), "status.phase").Should().Be("Done");
    }

    private static ConfigMap Map(string name, string? owner = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "ns",
            OwnerReferences = owner is null ? [] : [new OwnerReference { ApiVersion = "example.com/v1", Kind = "Gadget", Name = "one", Uid = owner, Controller = true }],
        },
        Data = new Dictionary<string, string> { ["a"] = "1" },
    };
}
