using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterWatchTests
{
    private TestCluster cluster = null!;

    [SetUp]
    public void Start() => cluster = new TestCluster();

    [Test]
    public void A_watch_replays_what_happened_since_its_version_deletions_too()
    {
        cluster.ConfigMap("before");
        string version = cluster.Version;
        cluster.ConfigMap("a");
        cluster.Patch(CoreResources.ConfigMaps, "a", """{ "data": { "x": "1" } }""");
        cluster.Delete(CoreResources.ConfigMaps, "a");
        cluster.Delete(CoreResources.ConfigMaps, "before");

        WatchRecorder watch = Watch(version);
        cluster.ConfigMap("after");

        watch.Seen.Should().Equal("Added a", "Modified a", "Deleted a", "Deleted before", "Added after");
        watch.Events.Select(item => long.Parse(item.ResourceVersion)).Should().BeInAscendingOrder();
    }

    [Test]
    public void A_watch_that_is_not_read_yet_misses_nothing()
    {
        ClusterWatch watch = cluster.Api.Watch(CoreResources.ConfigMaps, "default", WatchOptions.From(cluster.Version));
        cluster.ConfigMap("a");

        new WatchRecorder(cluster.World, watch).Seen.Should().Equal("Added a");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0")]
    public void Without_a_version_the_present_objects_come_first(string? version)
    {
        cluster.ConfigMap("b");
        cluster.ConfigMap("a");

        WatchRecorder watch = Watch(version);
        watch.Seen.Should().BeEquivalentTo("Added a", "Added b");
        cluster.Delete(CoreResources.ConfigMaps, "a");

        watch.Seen[^1].Should().Be("Deleted a");
    }

    [Test]
    public void An_object_that_comes_into_the_selection_is_added_and_one_that_leaves_it_is_deleted()
    {
        cluster.ConfigMap("a");
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = cluster.Version, LabelSelector = "own=yes", AllowBookmarks = false });

        cluster.Patch(CoreResources.ConfigMaps, "a", """{ "metadata": { "labels": { "own": "yes" } } }""");
        cluster.Patch(CoreResources.ConfigMaps, "a", """{ "data": { "x": "1" } }""");
        JsonObject after = cluster.Patch(CoreResources.ConfigMaps, "a", """{ "metadata": { "labels": { "own": null } }, "data": { "x": "2" } }""");
        cluster.Delete(CoreResources.ConfigMaps, "a");

        watch.Seen.Should().Equal("Added a", "Modified a", "Deleted a");
        JsonObject left = Json(watch.Events[2].Json);
        Text(left, "data.x").Should().Be("1", "the event carries the last state that was selected");
        Text(left, "metadata.resourceVersion").Should().Be(Text(after, "metadata.resourceVersion"));
    }

    [Test]
    public void Fields_and_namespaces_restrict_a_watch()
    {
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = cluster.Version, FieldSelector = "metadata.name=a", AllowBookmarks = false }, "default");

        cluster.ConfigMap("b");
        cluster.Api.Create(CoreResources.ConfigMaps, "kube-system", Named("a"));
        cluster.ConfigMap("a");
        cluster.Widget("a");

        watch.Seen.Should().Equal("Added a");
        Text(Json(watch.Events[0].Json), "metadata.namespace").Should().Be("default");
    }

    [Test]
    public void A_version_that_is_no_longer_kept_is_answered_in_the_stream()
    {
        string old = cluster.Version;
        cluster.ConfigMap("a");
        cluster.Api.Compact();

        WatchRecorder watch = Watch(old);

        watch.Seen.Should().Equal("Error");
        watch.HasEnded.Should().BeTrue();
        JsonObject status = Json(watch.Events[0].Json);
        Text(status, "kind").Should().Be("Status");
        Text(status, "code").Should().Be("410");
        Text(status, "reason").Should().Be("Expired");
        Text(status, "message").Should().StartWith($"too old resource version: {old} (");
    }

    [Test]
    public void A_compaction_does_not_end_open_watches_or_refuse_the_present_version()
    {
        WatchRecorder open = Watch(cluster.Version);
        cluster.ConfigMap("a");
        cluster.Api.Compact();
        WatchRecorder fresh = Watch(cluster.Version);
        cluster.ConfigMap("b");

        open.Seen.Should().Equal("Added a", "Added b");
        fresh.Seen.Should().Equal("Added b");
    }

    [Test]
    public void The_history_has_a_window()
    {
        cluster = new TestCluster(new InMemoryClusterOptions { HistoryWindow = 5 });
        string start = cluster.Version;
        for (int i = 0; i < 5; i++)
            cluster.ConfigMap($"a{i}");

        Watch(start).Seen.Should().HaveCount(5);

        cluster.ConfigMap("a5");
        Watch(start).Seen.Should().Equal("Error");
    }

    [Test]
    public void A_reader_that_falls_behind_the_history_is_ended()
    {
        cluster = new TestCluster(new InMemoryClusterOptions { HistoryWindow = 5 });
        ClusterWatch watch = cluster.Api.Watch(CoreResources.ConfigMaps, null, WatchOptions.From(cluster.Version));
        for (int i = 0; i < 500; i++)
            cluster.ConfigMap($"a{i}");

        var reader = new WatchRecorder(cluster.World, watch);

        reader.Seen.Should().BeEmpty();
        reader.HasEnded.Should().BeTrue();
    }

    [Test]
    public void Bookmarks_come_regularly_to_those_who_want_them()
    {
        WatchRecorder wants = cluster.Watch(CoreResources.ConfigMaps, WatchOptions.From(cluster.Version));
        WatchRecorder declines = Watch(cluster.Version);
        cluster.Widget("elsewhere");

        cluster.World.Advance(TimeSpan.FromSeconds(61));

        wants.Seen.Should().Equal("Bookmark");
        declines.Seen.Should().BeEmpty();
        JsonObject bookmark = Json(wants.Events[0].Json);
        Text(bookmark, "kind").Should().Be("ConfigMap");
        Text(bookmark, "metadata.resourceVersion").Should().Be(wants.Events[0].ResourceVersion).And.Be(cluster.Version);
        At(bookmark, "metadata.annotations").Should().BeNull();
    }

    [Test]
    public void A_watch_ends_cleanly_at_its_time_with_a_last_bookmark()
    {
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps, WatchOptions.From(cluster.Version) with { Timeout = TimeSpan.FromSeconds(30) });
        cluster.World.Advance(TimeSpan.FromSeconds(29));
        watch.HasEnded.Should().BeFalse();
        cluster.ConfigMap("a");

        cluster.World.Advance(TimeSpan.FromSeconds(1));

        watch.HasEnded.Should().BeTrue();
        watch.Seen.Should().StartWith("Added a").And.EndWith("Bookmark");
        cluster.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void A_watch_without_a_time_ends_between_one_and_two_of_the_server_s()
    {
        WatchRecorder watch = Watch(cluster.Version);

        cluster.World.Advance(TimeSpan.FromMinutes(29));
        watch.HasEnded.Should().BeFalse();
        cluster.World.Advance(TimeSpan.FromMinutes(31));
        watch.HasEnded.Should().BeTrue();
    }

    [Test]
    public void A_streamed_list_ends_with_the_annotated_bookmark_and_goes_on_as_a_watch()
    {
        cluster.ConfigMap("a");
        cluster.ConfigMap("b");

        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { SendInitialEvents = true });
        string version = cluster.Version;
        watch.Seen.Should().Equal("Added a", "Added b", "Bookmark");
        cluster.ConfigMap("c");

        watch.Seen[^1].Should().Be("Added c");
        watch.Events[2].ResourceVersion.Should().Be(version);
        Json(watch.Events[2].Json)["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString().Should().Be("true");
    }

    [Test]
    public void A_version_that_has_not_come_yet_times_out()
    {
        ClusterCreateTests.Refusal(() => Watch("1000000")).IsResourceVersionTooLarge.Should().BeTrue();
    }

    [Test]
    public void Disposing_ends_the_stream_and_leaves_no_timer()
    {
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps, WatchOptions.From(cluster.Version));
        cluster.World.RunUntilIdle();

        watch.Watch.Dispose();
        watch.Watch.Dispose();
        cluster.ConfigMap("late");

        watch.Seen.Should().BeEmpty();
        watch.HasEnded.Should().BeTrue();
        cluster.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Cancelling_the_reader_ends_the_watch()
    {
        using var stop = new CancellationTokenSource();
        ClusterWatch watch = cluster.Api.Watch(CoreResources.ConfigMaps, null, WatchOptions.From(cluster.Version));
        Task reading = cluster.World.Runtime.Start(async () =>
        {
            await foreach (StoredEvent _ in watch.WithCancellation(stop.Token))
            {
            }
        });
        cluster.World.RunUntilIdle();

        stop.Cancel();
        cluster.World.RunUntilIdle();

        reading.IsCanceled.Should().BeTrue();
        cluster.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void A_deletion_and_a_new_object_of_the_same_name_are_two_events()
    {
        cluster.ConfigMap("a");
        WatchRecorder watch = Watch(cluster.Version);

        cluster.Delete(CoreResources.ConfigMaps, "a");
        cluster.ConfigMap("a");

        watch.Seen.Should().Equal("Deleted a", "Added a");
        watch.Events.Select(item => Text(Json(item.Json), "metadata.uid")).Distinct().Should().HaveCount(2);
    }

    private WatchRecorder Watch(string? version) =>
        cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = version, AllowBookmarks = false });
}
