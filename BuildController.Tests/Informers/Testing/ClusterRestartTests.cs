using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClusterRestartTests
{
    private readonly TestCluster cluster = new();

    [Test]
    public void It_is_away_for_as_long_as_it_was_told()
    {
        cluster.Api.IsAway.Should().BeFalse();

        cluster.Api.Restart(TimeSpan.FromSeconds(3), keepsHistory: true);

        cluster.Api.IsAway.Should().BeTrue();
        cluster.World.Advance(TimeSpan.FromSeconds(2.9));
        cluster.Api.IsAway.Should().BeTrue();
        cluster.World.Advance(TimeSpan.FromSeconds(0.1));
        cluster.Api.IsAway.Should().BeFalse();
    }

    [Test]
    public void A_restart_that_takes_no_time_is_over_at_once()
    {
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps);

        cluster.Api.Restart(TimeSpan.Zero, keepsHistory: true);

        cluster.Api.IsAway.Should().BeFalse();
        watch.HasEnded.Should().BeTrue();
    }

    [Test]
    public void Open_watches_of_all_resources_end_without_what_they_had_not_read()
    {
        WatchRecorder maps = cluster.Watch(CoreResources.ConfigMaps), widgets = cluster.Watch(TestCluster.Widgets);
        cluster.ConfigMap("a");
        maps.Seen.Should().Equal("Added a");
        cluster.ConfigMap("b");

        cluster.Api.Restart(TimeSpan.FromSeconds(1), keepsHistory: true);

        maps.Seen.Should().Equal("Added a");
        maps.HasEnded.Should().BeTrue();
        widgets.HasEnded.Should().BeTrue();
    }

    [Test]
    public void What_is_stored_stays_and_a_watch_goes_on_from_where_it_was()
    {
        cluster.ConfigMap("a");
        string before = cluster.Version;
        cluster.ConfigMap("b");

        cluster.Api.Restart(TimeSpan.FromSeconds(1), keepsHistory: true);

        cluster.Names(CoreResources.ConfigMaps).Should().Equal("a", "b");
        cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = before }).Seen.Should().Equal("Added b");
    }

    [Test]
    public void Without_its_history_versions_and_pages_from_before_are_expired()
    {
        cluster.ConfigMap("a");
        string before = cluster.Version;
        cluster.ConfigMap("b");
        string next = cluster.Api.List(CoreResources.ConfigMaps, null, new ListOptions { Limit = 1 }).Metadata.Continue!;
        cluster.ConfigMap("c");

        cluster.Api.Restart(TimeSpan.FromSeconds(1), keepsHistory: false);

        cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = before }).Seen.Should().Equal("Error");
        FluentActions.Invoking(() => cluster.Names(CoreResources.ConfigMaps, new ListOptions { Continue = next }))
            .Should().Throw<ApiException>().Which.IsExpired.Should().BeTrue();
        cluster.Names(CoreResources.ConfigMaps).Should().Equal("a", "b", "c");
    }

    [Test]
    public void Who_stands_before_it_is_told_before_the_watches_end()
    {
        WatchRecorder watch = cluster.Watch(CoreResources.ConfigMaps);
        var told = new List<(TimeSpan Downtime, bool IsAway, bool HasEnded)>();
        cluster.Api.Restarting += downtime => told.Add((downtime, cluster.Api.IsAway, watch.HasEnded));

        cluster.Api.Restart(TimeSpan.FromSeconds(1), keepsHistory: true);

        told.Should().Equal((TimeSpan.FromSeconds(1), true, false));
        watch.HasEnded.Should().BeTrue();
    }

    [Test]
    public void The_second_of_two_restarts_decides_when_it_is_back()
    {
        cluster.Api.Restart(TimeSpan.FromSeconds(1), keepsHistory: true);
        cluster.Api.Restart(TimeSpan.FromSeconds(5), keepsHistory: true);

        cluster.World.Advance(TimeSpan.FromSeconds(4));
        cluster.Api.IsAway.Should().BeTrue();
        cluster.World.Advance(TimeSpan.FromSeconds(1));
        cluster.Api.IsAway.Should().BeFalse();
    }
}
