using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>The initial list taken as a stream that goes on as the watch.</summary>
[TestFixture]
public sealed class ReflectorWatchListTests
{
    private static readonly ReflectorOptions Streaming = new() { UseWatchList = true };
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);
    private static readonly WatchOptions FirstStream = new() { SendInitialEvents = true };
    private static readonly ListOptions FirstList = new() { ResourceVersion = "0", Limit = 500 };

    [Test]
    public void The_list_is_streamed_in_one_request_that_goes_on_as_the_watch()
    {
        var scene = new CacheScene(new InformerOptions<Widget> { LabelSelector = LabelSelector.Parse("a=b"), FieldSelector = "metadata.name=x" }, null, Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 7)), Added(Widget.Of("b", 3)), EndOfList(10), Modified(Widget.Of("a", 11)), Added(Widget.Of("c", 12)));

        scene.Start();

        scene.Handler.Told.Should().Equal("+i a@7", "+i b@3", "~ a@7>11", "+ c@12");
        Requests(scene).Should().Equal(FirstStream with { LabelSelector = "a=b", FieldSelector = "metadata.name=x" });
        scene.Server.ListRequests.Should().BeEmpty();
        scene.Informer.Health.ResourceVersion.Should().Be("12");
    }

    [Test]
    public void The_stream_asks_for_bookmarks_and_for_a_random_time_between_five_and_ten_minutes()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(EndOfList(10));

        scene.Start();

        scene.Server.WatchRequests[0].AllowBookmarks.Should().BeTrue();
        scene.Server.WatchRequests[0].Timeout!.Value.TotalSeconds.Should().BeInRange(300, 600);
    }

    [Test]
    public void Nothing_is_in_the_store_and_nobody_is_told_before_the_bookmark_that_ends_the_list()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 7)), Added(Widget.Of("b", 8)));

        scene.Start();

        scene.Informer.HasSynced.Should().BeFalse();
        scene.Informer.Indexer.Count.Should().Be(0);
        scene.Handler.Told.Should().BeEmpty();
        scene.Server.LastWatch.Send(EndOfList(10));
        scene.World.RunUntilIdle();
        scene.Stored.Should().Equal("a@7", "b@8");
    }

    [Test]
    public void An_empty_stream_syncs()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(EndOfList(10));

        scene.Start();

        scene.Informer.HasSynced.Should().BeTrue();
        scene.Informer.Health.ResourceVersion.Should().Be("10");
    }

    [Test]
    public void Turned_off_the_informer_lists_and_watches()
    {
        var scene = new CacheScene(reflector: Streaming with { UseWatchList = false });
        scene.Server.List(10, Widget.Of("a", 1));

        scene.Start();

        scene.Server.ListRequests.Should().Equal(FirstList);
        Requests(scene).Should().Equal(new WatchOptions { ResourceVersion = "10" });
    }

    [Test]
    public void One_informer_may_stream_where_the_factory_does_not()
    {
        var scene = new CacheScene(new InformerOptions<Widget> { Reflector = Streaming });
        scene.Server.Watch(EndOfList(10));

        scene.Start();

        Requests(scene).Should().Equal(FirstStream);
    }

    [TestCase(422, "Invalid")]
    [TestCase(400, "BadRequest")]
    [TestCase(500, "InternalError")]
    [TestCase(403, "Forbidden")]
    [TestCase(503, "ServiceUnavailable")]
    public void Whatever_error_answers_the_stream_the_informer_lists_from_any_version_and_watches(int code, string reason)
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchFails(Error(code, reason, "No streams here.")).List(10, Widget.Of("a", 1));

        scene.Start();

        scene.Server.ListRequests.Should().Equal(FirstList);
        Requests(scene).Should().Equal(FirstStream, new WatchOptions { ResourceVersion = "10" });
        scene.Stored.Should().Equal("a@1");
        scene.World.Time.GetTimestamp().Should().Be(0, "there is nothing to wait for");
    }

    [Test]
    public void An_error_in_the_stream_or_a_connection_lost_there_leads_to_a_list_and_what_came_before_is_dropped()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("half", 1)), Failed(Error(500, "InternalError"))).List(10, Widget.Of("a", 1));

        scene.Start();

        scene.Handler.Told.Should().Equal("+i a@1");
        scene.Server.Watches[0].Disposals.Should().Be(1);
    }

    [Test]
    public void Changes_and_deletions_during_the_stream_are_applied_to_the_list()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(
            Added(Widget.Of("a", 1)), Added(Widget.Of("b", 2)), Modified(Widget.Of("a", 11)), Deleted(Widget.Of("b", 12)), Added(Widget.Of("c", 13)), EndOfList(14));

        scene.Start();

        scene.Handler.Told.Should().BeEquivalentTo("+i a@11", "+i c@13");
        scene.Informer.Health.ResourceVersion.Should().Be("14");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Too_many_requests_and_a_refused_connection_are_waited_out_and_the_stream_asked_for_again(bool refused)
    {
        var scene = new CacheScene(reflector: Streaming);
        ApiException error = refused ? Refused : Error(429, "TooManyRequests");
        scene.Server.WatchFails(error).WatchFails(error).Watch(Added(Widget.Of("a", 1)), EndOfList(10));

        scene.Start();
        scene.Server.WatchRequests.Should().ContainSingle("it waits first");
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream, FirstStream);
        scene.Server.ListRequests.Should().BeEmpty();
        scene.Stored.Should().Equal("a@1");
        scene.Informer.Health.LastError.Should().BeNull();
    }

    [Test]
    public void Too_many_requests_in_the_stream_is_waited_out_and_nothing_of_the_first_stream_is_kept()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("half", 1)), Failed(Error(429, "TooManyRequests"))).Watch(Added(Widget.Of("a", 1)), EndOfList(10));

        scene.Start();
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream);
        scene.Stored.Should().Equal("a@1");
    }

    [Test]
    public void A_stream_closed_before_its_end_is_asked_for_again_after_a_while_not_at_once()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchAndClose(Added(Widget.Of("gone", 1))).Watch(Added(Widget.Of("a", 2)), EndOfList(10));

        scene.Start();
        scene.Server.WatchRequests.Should().ContainSingle("it waits first");
        scene.Informer.Health.LastError!.Message.Should().Contain("closed before the end");
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream);
        scene.Stored.Should().Equal("a@2");
    }

    [Test]
    public void A_server_that_always_closes_the_stream_before_its_end_is_listed_after_the_third_time()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchAndClose().WatchAndClose(Added(Widget.Of("a", 1))).WatchAndClose().List(10, Widget.Of("a", 1));

        scene.Start();
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream, FirstStream, new WatchOptions { ResourceVersion = "10" });
        scene.Stored.Should().Equal("a@1");
    }

    [Test]
    public void A_stream_closed_after_its_end_is_resumed_as_an_ordinary_watch_from_the_last_version()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchAndClose(Added(Widget.Of("a", 1)), EndOfList(10)).WatchAndClose(Bookmark(12)).Watch();

        scene.Start();

        Requests(scene).Should().Equal(FirstStream, new WatchOptions { ResourceVersion = "10" }, new WatchOptions { ResourceVersion = "12" });
        scene.World.Time.GetTimestamp().Should().Be(0);
    }

    [Test]
    public void Expired_after_the_sync_streams_the_list_again_from_the_last_version()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 1)), Added(Widget.Of("b", 1)), EndOfList(10), Bookmark(11), Failed(Expired))
            .Watch(Added(Widget.Of("b", 1)), EndOfList(20));

        scene.Start();
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream with { ResourceVersion = "11" });
        scene.Handler.Told.Should().Equal("+i a@1", "+i b@1", "-? a@1");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_version_that_is_expired_or_too_large_for_a_stream_is_followed_at_once_by_a_stream_of_the_newest(bool tooLarge)
    {
        var scene = new CacheScene(reflector: Streaming);
        ApiException error = tooLarge ? Error(504, "Timeout", "Too large resource version: 10, current: 5") : Expired;
        scene.Server.Watch(EndOfList(10), Failed(Error(500))).WatchFails(error).Watch(EndOfList(5), Failed(Error(500))).Watch(EndOfList(6));

        scene.Start();
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream with { ResourceVersion = "10" }, FirstStream, FirstStream with { ResourceVersion = "5" });
        scene.Server.WatchTimes[2].Should().Be(scene.Server.WatchTimes[1]);
        scene.Server.ListRequests.Should().BeEmpty();
    }

    [Test]
    public void A_newest_that_is_expired_too_ends_in_a_list_not_in_a_loop()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchFails(Expired).WatchFails(Expired).List(10);

        scene.Start();

        scene.Server.ListVersions.Should().Equal("");
        scene.Informer.HasSynced.Should().BeTrue();
    }

    [Test]
    public void A_bookmark_without_the_mark_ends_no_list_and_no_version_is_learnt_before_the_end()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchAndClose(Added(Widget.Of("a", 7)), Bookmark(8), Modified(Widget.Of("a", 9))).Watch(EndOfList(10));

        scene.Start();
        scene.Informer.HasSynced.Should().BeFalse();
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, FirstStream);
    }

    [Test]
    public void A_server_that_never_ends_the_list_costs_one_deadline_and_is_listed()
    {
        var loggers = new CapturingLoggerFactory();
        var scene = new CacheScene(loggers: loggers, reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 1))).List(10, Widget.Of("a", 1));

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(29));
        scene.Informer.HasSynced.Should().BeFalse();
        scene.World.Advance(TimeSpan.FromSeconds(1));

        scene.Informer.HasSynced.Should().BeTrue();
        scene.Server.Watches[0].Disposals.Should().Be(1);
        Requests(scene).Should().Equal(FirstStream, new WatchOptions { ResourceVersion = "10" });
        loggers.Entries.Should().ContainSingle(entry => entry.Level == LogLevel.Information && entry.Message.Contains("cannot be streamed"));
    }

    [Test]
    public void Every_object_of_the_list_moves_the_deadline_but_bookmarks_and_changes_do_not()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch().List(10);
        scene.Start();

        for (int i = 1; i <= 4; i++)
        {
            scene.World.Advance(TimeSpan.FromSeconds(20));
            scene.Server.LastWatch.Send(Added(Widget.Of($"a{i}", i)));
        }

        scene.World.Advance(TimeSpan.FromSeconds(20));
        scene.Server.ListRequests.Should().BeEmpty();
        scene.Server.LastWatch.Send(Bookmark(5), Modified(Widget.Of("a1", 6)));
        scene.World.Advance(TimeSpan.FromSeconds(10));

        scene.Server.ListRequests.Should().ContainSingle();
    }

    [Test]
    public void A_stream_that_goes_on_for_ever_is_given_up_after_ten_deadlines()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch().List(10);
        scene.Start();
        ScriptedWatch stream = scene.Server.LastWatch;

        for (int i = 1; i <= 31; i++)
        {
            scene.World.Advance(TimeSpan.FromSeconds(10));
            stream.Send(Added(Widget.Of($"a{i}", i)));
        }

        scene.World.RunUntilIdle();
        scene.Server.ListRequests.Should().ContainSingle();
        stream.Disposals.Should().Be(1);
    }

    [Test]
    public void That_a_server_does_not_stream_is_remembered_for_an_hour()
    {
        var scene = new CacheScene(reflector: Streaming with { WatchIdleTimeout = Timeout.InfiniteTimeSpan });
        scene.Server.WatchFails(Error(422, "Invalid")).List(10).Watch().List(11).Watch().Watch(EndOfList(12));
        scene.Start();

        scene.Server.LastWatch.Send(Failed(Expired));
        scene.World.Advance(TimeSpan.FromMinutes(59));
        scene.Server.ListVersions.Should().Equal(["0", "10"], "it does not ask for a stream again");
        scene.World.Advance(TimeSpan.FromMinutes(1));
        scene.Server.LastWatch.Send(Failed(Expired));
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(
            FirstStream, new WatchOptions { ResourceVersion = "10" }, new WatchOptions { ResourceVersion = "11" }, FirstStream with { ResourceVersion = "11" });
    }

    [TestCase(500, "InternalError")]
    [TestCase(404, "NotFound")]
    public void A_failure_that_says_nothing_of_streams_is_not_remembered(int code, string reason)
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchFails(Error(code, reason)).List(10).Watch(Failed(Expired)).Watch(EndOfList(12));

        scene.Start();
        scene.World.Advance(LongEnough);

        Requests(scene).Should().Equal(FirstStream, new WatchOptions { ResourceVersion = "10" }, FirstStream with { ResourceVersion = "10" });
    }

    [Test]
    public void Streamed_objects_are_transformed_exactly_once()
    {
        int calls = 0;
        var scene = new CacheScene(new() { Transform = widget => { calls++; return widget with { Data = widget.Data + "!" }; } }, null, Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 1)), Added(Widget.Of("b", 2)), EndOfList(10), Added(Widget.Of("c", 11)));

        scene.Start();

        calls.Should().Be(3);
        scene.Informer.Indexer.List().Should().HaveCount(3).And.OnlyContain(widget => widget.Data == "!");
    }

    [Test]
    public void A_list_streamed_again_keeps_the_instances_of_what_has_not_changed()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 1)), EndOfList(10), Failed(Expired)).Watch(Added(Widget.Of("a", 1)), EndOfList(20));
        scene.Start();
        Widget? before = scene.Informer.Indexer.Find(new("ns", "a"));

        scene.World.Advance(LongEnough);

        scene.Informer.Health.ResourceVersion.Should().Be("20");
        scene.Informer.Indexer.Find(new("ns", "a")).Should().BeSameAs(before);
    }

    [Test]
    public void A_stop_during_the_stream_ends_it_and_leaves_no_timer()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 1)));
        scene.Start();

        scene.Stop();

        scene.Server.Watches.Should().ContainSingle().Which.Disposals.Should().Be(1);
        scene.Server.ListRequests.Should().BeEmpty();
        scene.Informer.Indexer.Count.Should().Be(0);
        scene.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Against_a_cluster_one_request_lists_and_watches_and_its_bookmarks_keep_it_alive()
    {
        var world = new VirtualWorld();
        var client = new FakeClientset(runtime: world.Runtime);
        ResourceType<UnstructuredObject> type =
            ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);
        client.Seed(type, Enumerable.Range(0, 50).Select(i => UnstructuredObject.Parse(
            $$$"""{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"w{{{i}}}","namespace":"default"}}""")));
        client.ClearActions();
        var factory = new SharedInformerFactory(client, new SharedInformerFactoryOptions { Reflector = Streaming }, world.Runtime);
        ISharedInformer<UnstructuredObject> informer = factory.For(type);

        factory.Start();
        world.RunUntilIdle();
        informer.Indexer.Count.Should().Be(50);
        world.Run(() => client.Resource(type).DeleteAsync(new ObjectKey("default", "w7")));
        world.RunUntilIdle();

        informer.Indexer.Count.Should().Be(49);
        client.Actions.Select(action => action.Verb).Should().Equal("watch", "delete");
        world.Advance(TimeSpan.FromMinutes(4));
        client.Actions.Should().HaveCount(2, "a bookmark a minute is a sign of life");
        world.Advance(TimeSpan.FromHours(1));
        informer.Health.SilentWatches.Should().Be(0);
        client.Actions.Should().NotContain(action => action.Verb == "list");
        world.Run(async () => await factory.DisposeAsync());
        world.Time.ActiveTimers.Should().Be(0);
    }

    private static IEnumerable<WatchOptions> Requests(CacheScene scene) => scene.Server.WatchRequests.Select(request => request with { Timeout = null });
}
