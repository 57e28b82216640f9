using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Control;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

/// <summary>Watches of a fake: nothing is lost between a list and a watch, and time is the test's.</summary>
[TestFixture]
public sealed class FakeWatchTests
{
    private VirtualWorld world = null!;
    private FakeClientset client = null!;
    private List<string> seen = null!;

    private IResourceClient<Gadget> Gadgets => client.Resource(Gadget.Resource);

    [SetUp]
    public void Start()
    {
        world = new VirtualWorld();
        client = new FakeClientset(world.Runtime, Gadget.Resource.With(Gadget.Of("one"), Gadget.Of("two")));
        seen = [];
    }

    [Test]
    public void What_happens_between_a_list_and_its_watch_is_told_deletions_too()
    {
        string version = world.Run(() => Gadgets.ListAsync(null)).Metadata.ResourceVersion!;
        world.Run(async () =>
        {
            await Gadgets.CreateAsync(Gadget.Of("three"));
            await Gadgets.PatchAsync(Key("two"), TestCluster.Merge("""{ "spec": { "secret": "s" } }"""));
            await Gadgets.DeleteAsync(Key("one"));
            await Gadgets.DeleteAsync(Key("three"));
            await Gadgets.CreateAsync(Gadget.Of("one"));
        });

        Watch(WatchOptions.From(version));

        seen.Should().Equal("Added three", "Modified two", "Deleted one", "Deleted three", "Added one");
    }

    [Test]
    public void A_watch_starts_from_any_version_that_it_is_given()
    {
        var versions = new List<string> { world.Run(() => Gadgets.ListAsync(null)).Metadata.ResourceVersion! };
        foreach (string name in new[] { "a", "b", "c" })
            versions.Add(world.Run(() => Gadgets.CreateAsync(Gadget.Of(name))).Metadata.ResourceVersion!);

        for (int from = 0; from < versions.Count; from++)
        {
            seen.Clear();
            Watch(WatchOptions.From(versions[from]));
            seen.Should().Equal(new[] { "Added a", "Added b", "Added c" }[from..]);
        }
    }

    [Test]
    public void A_write_while_the_list_is_on_its_way_is_in_the_watch_from_its_version()
    {
        client.On("list", "gadgets").Change(response =>
        {
            client.Seed(Gadget.Resource, Gadget.Of("late"));
            return response;
        });

        ResourceList<Gadget> list = world.Run(() => Gadgets.ListAsync(null));
        Watch(WatchOptions.From(list.Metadata.ResourceVersion!));

        list.Items.Should().HaveCount(2);
        seen.Should().Equal("Added late");
    }

    [Test]
    public void A_selector_sees_objects_come_and_go()
    {
        string version = world.Run(() => Gadgets.ListAsync(null)).Metadata.ResourceVersion!;
        world.Run(() => Gadgets.PatchAsync(Key("one"), TestCluster.Merge("""{ "metadata": { "labels": { "tier": "gold" } } }""")));
        world.Run(() => Gadgets.PatchAsync(Key("one"), TestCluster.Merge("""{ "metadata": { "labels": null } }""")));

        Watch(WatchOptions.From(version) with { LabelSelector = "tier=gold" });

        seen.Should().Equal("Added one", "Deleted one");
    }

    [Test]
    public void A_version_that_is_forgotten_is_told_as_expired_and_the_stream_ends()
    {
        string version = world.Run(() => Gadgets.ListAsync(null)).Metadata.ResourceVersion!;
        world.Run(() => Gadgets.DeleteAsync(Key("one")));
        client.Cluster.Compact();

        Task reading = Watch(WatchOptions.From(version));

        seen.Should().Equal("Error Expired");
        reading.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void Bookmarks_come_and_the_watch_ends_when_the_world_s_clock_says()
    {
        string version = world.Run(() => Gadgets.ListAsync(null)).Metadata.ResourceVersion!;
        Task reading = Watch(WatchOptions.From(version) with { Timeout = TimeSpan.FromSeconds(150) });

        world.Advance(TimeSpan.FromSeconds(149));
        (seen.Count, reading.IsCompleted).Should().Be((2, false));
        world.Advance(TimeSpan.FromSeconds(1));

        seen.Should().HaveCount(3).And.OnlyContain(static one => one == "Bookmark");
        reading.IsCompletedSuccessfully.Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Watches_can_be_refused_a_number_of_times()
    {
        FakeReaction reaction = client.On("watch", "gadgets").Refuse(ApiErrorReason.TooManyRequests, times: 1);

        Watch(new WatchOptions()).Exception!.InnerException.Should().BeOfType<ApiException>().Which.IsTooManyRequests.Should().BeTrue();
        Watch(new WatchOptions()).IsCompleted.Should().BeFalse();

        reaction.Count.Should().Be(2);
        seen.Should().Equal("Added one", "Added two");
    }

    private static ObjectKey Key(string name) => new("ns", name);

    private Task Watch(WatchOptions options)
    {
        Task reading = world.Runtime.Start(async () =>
        {
            await using IWatchStream<Gadget> stream = await Gadgets.WatchAsync(null, options);
            await foreach (WatchEvent<Gadget> item in stream)
                seen.Add(item.Error is { } error ? $"Error {error.Reason}" : $"{item.Type} {item.Object?.Metadata.Name}".Trim());
        });
        world.RunUntilIdle();
        return reading;
    }
}
