using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class ReflectorWatchTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    [Test]
    public void Events_are_applied_and_told_in_their_order()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1)).Watch(Added(Widget.Of("b", 11)), Modified(Widget.Of("a", 12)), Deleted(Widget.Of("b", 13)), Added(Widget.Of("c", 14)));

        scene.Start();

        scene.Handler.Told.Should().Equal("+i a@1", "+ b@11", "~ a@1>12", "- b@13", "+ c@14");
        scene.Stored.Should().Equal("a@12", "c@14");
    }

    [Test]
    public void Every_event_and_every_bookmark_moves_the_version_from_which_the_watch_is_resumed()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1))
            .WatchAndClose(Added(Widget.Of("b", 11))).WatchAndClose(Modified(Widget.Of("a", 12)))
            .WatchAndClose(Deleted(Widget.Of("b", 13))).WatchAndClose(Bookmark(20));

        scene.Start();

        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("10", "11", "12", "13", "20");
        scene.Informer.Health.ResourceVersion.Should().Be("20");
        scene.Server.ListRequests.Should().ContainSingle("a watch that was closed cleanly is resumed at once");
        scene.World.Time.GetTimestamp().Should().Be(0);
    }

    [Test]
    public void A_bookmark_tells_the_handlers_nothing()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1)).Watch(Bookmark(11), Bookmark(12));

        scene.Start();

        scene.Handler.Told.Should().Equal("+i a@1");
    }

    [Test]
    public void A_watch_closed_cleanly_after_a_quiet_time_is_resumed_without_a_list()
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(6));

        scene.Server.LastWatch.Close();
        scene.World.RunUntilIdle();

        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("10", "10");
        scene.Server.ListRequests.Should().ContainSingle();
    }

    [Test]
    public void A_watch_closed_within_a_second_without_an_event_waits_and_lists_again()
    {
        var scene = new CacheScene();
        scene.Server.List(10).WatchAndClose().List(11);

        scene.Start();

        scene.Server.ListRequests.Should().ContainSingle("it waits first");
        scene.Informer.Health.LastError!.Message.Should().Contain("without an event");
        scene.World.Advance(LongEnough);
        scene.Server.ListVersions.Should().Equal("0", "10");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Too_many_requests_at_the_start_of_a_watch_is_waited_out_without_a_list(bool refused)
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        for (int i = 0; i < 4; i++)
            scene.Server.WatchFails(refused ? Refused : Error(429, "TooManyRequests"));

        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(1));

        scene.Server.ListRequests.Should().ContainSingle();
        scene.Server.WatchRequests.Should().HaveCount(5).And.OnlyContain(request => request.ResourceVersion == "10");
        DateTimeOffset[] times = [.. scene.Server.WatchTimes];
        times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds)
            .Select((wait, i) => wait >= 0.8 * Math.Pow(2, i) && wait <= 1.6 * Math.Pow(2, i)).Should().OnlyContain(isInRange => isInRange);
        scene.Informer.Health.LastError.Should().BeNull("the last watch was accepted");
    }

    [Test]
    public void Too_many_requests_in_the_stream_is_waited_out_without_a_list()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Bookmark(11), Failed(Error(429, "TooManyRequests")));

        scene.Start();
        scene.Server.WatchRequests.Should().ContainSingle("it waits first");
        scene.World.Advance(LongEnough);

        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("10", "11");
        scene.Server.ListRequests.Should().ContainSingle();
    }

    [Test]
    public void A_connection_lost_after_a_quiet_hour_is_resumed_without_a_list()
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        scene.Start();
        scene.World.Advance(TimeSpan.FromHours(1));

        scene.Server.LastWatch.Close(new ApiException(ApiErrorReason.ConnectionLost, "Reset by peer."));
        scene.World.Advance(LongEnough);

        scene.Server.WatchRequests.Should().HaveCount(2);
        scene.Server.ListRequests.Should().ContainSingle();
    }

    [Test]
    public void A_connection_lost_at_once_leads_to_a_list()
    {
        var scene = new CacheScene();
        scene.Server.List(10).List(11);
        scene.Start();

        scene.Server.LastWatch.Close(new ApiException(ApiErrorReason.ConnectionLost, "Reset by peer."));
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "10");
    }

    [Test]
    public void A_connection_lost_after_events_is_resumed_after_a_while_without_a_list()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch();
        scene.Start();

        scene.Server.LastWatch.Send(Added(Widget.Of("a", 11))).Close(new ApiException(ApiErrorReason.ConnectionLost, "Reset by peer."));
        scene.World.RunUntilIdle();
        scene.Server.WatchRequests.Should().ContainSingle("it waits first");
        scene.World.Advance(LongEnough);

        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("10", "11");
        scene.Server.ListRequests.Should().ContainSingle();
        scene.Stored.Should().Equal("a@11");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Expired_as_an_answer_and_as_an_event_leads_to_a_list(bool inStream)
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1));
        _ = inStream ? scene.Server.Watch(Bookmark(12), Failed(Expired)) : scene.Server.WatchAndClose(Bookmark(12)).WatchFails(Expired);
        scene.Server.List(15, Widget.Of("a", 14));

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "12");
        scene.Stored.Should().Equal("a@14");
    }

    [Test]
    public void An_error_event_of_an_object_that_cannot_be_read_is_cured_by_the_list_that_follows()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("corrupt", 1), Widget.Of("a", 1))
            .Watch(Failed(Error(500, "InternalError", "StoreReadError"))).List(12, Widget.Of("a", 1));

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Handler.Told.Should().Equal("+i corrupt@1", "+i a@1", "-? corrupt@1");
        scene.Stored.Should().Equal("a@1");
    }

    [Test]
    public void Each_stream_is_disposed_exactly_once_however_it_ends()
    {
        var scene = new CacheScene();
        scene.Server.List(10)
            .WatchAndClose(Bookmark(11)).Watch(Failed(Error(429))).Watch(Failed(Expired))
            .List(12).WatchAndClose()
            .List(13).Watch(Failed(Error(500)))
            .List(14).Watch();
        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(3));
        scene.Server.LastWatch.Close(new InvalidOperationException());
        scene.Server.List(15);
        scene.World.Advance(TimeSpan.FromMinutes(3));

        scene.Server.Watches.Should().HaveCount(7);
        scene.Server.LastWatch.Disposals.Should().Be(0, "it is open");
        scene.Stop();

        scene.Server.Watches.Should().OnlyContain(watch => watch.Disposals == 1);
    }

    [Test]
    public void Nothing_is_applied_after_the_stop_even_if_it_was_delivered_before()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1));
        scene.Start();
        ScriptedWatch watch = scene.Server.LastWatch;
        watch.IgnoresCancellation = true;

        scene.World.Run(async () =>
        {
            watch.Send(Added(Widget.Of("late", 11)));
            ValueTask stopping = scene.Factory.DisposeAsync();
            watch.Send(Added(Widget.Of("later", 12))).Close();
            await stopping;
        });

        scene.Stored.Should().Equal("a@1");
        scene.Handler.Told.Should().Equal("+i a@1");
        scene.Informer.Health.ResourceVersion.Should().Be("10");
        watch.Disposals.Should().Be(1);
    }

    [Test]
    public void A_stop_before_the_start_of_work_asks_the_server_nothing()
    {
        var scene = new CacheScene();

        scene.World.Run(async () =>
        {
            scene.Factory.Start();
            await scene.Factory.DisposeAsync();
        });

        scene.Server.ListRequests.Should().BeEmpty();
        scene.Server.WatchRequests.Should().BeEmpty();
    }

    [Test]
    public void A_list_without_a_version_watches_from_nowhere_and_learns_no_version_from_the_objects_sent_first()
    {
        var scene = new CacheScene();
        scene.Server.List(0).WatchAndClose(Added(Widget.Of("a", 7)), Added(Widget.Of("b", 3))).WatchAndClose(Added(Widget.Of("c", 8)), Modified(Widget.Of("c", 9)));

        scene.Start();

        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("0", "0", "9");
    }

    [Test]
    public void Objects_are_transformed_once_each_whether_listed_or_watched()
    {
        int calls = 0;
        var scene = new CacheScene(new() { Transform = widget => { calls++; return widget with { Data = widget.Data + "!" }; } });
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1)).Watch(Added(Widget.Of("c", 11)));

        scene.Start();

        calls.Should().Be(3);
        scene.Informer.Indexer.List().Should().OnlyContain(widget => widget.Data == "!");
    }

    [Test]
    public void A_list_of_what_has_not_changed_keeps_the_instances_and_transforms_nothing_again()
    {
        int calls = 0;
        var scene = new CacheScene(new() { Transform = widget => { calls++; return widget with { Data = "slim" }; } });
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1)).Watch(Failed(Expired)).List(20, Widget.Of("a", 1), Widget.Of("b", 12));
        scene.Start();
        Widget? before = scene.Informer.Indexer.Find(new("ns", "a"));

        scene.World.Advance(LongEnough);

        scene.Informer.Health.ResourceVersion.Should().Be("20");
        scene.Informer.Indexer.Find(new("ns", "a")).Should().BeSameAs(before);
        calls.Should().Be(3);
    }

    [Test]
    public void A_transform_that_throws_and_an_object_without_a_name_concern_only_that_object()
    {
        var loggers = new CapturingLoggerFactory();
        var scene = new CacheScene(new() { Transform = widget => widget.Name == "bad" ? throw new FormatException() : widget }, loggers);
        scene.Server.List(10, Widget.Of("bad", 1), Widget.Of("", 2), Widget.Of("good", 3)).Watch(Added(Widget.Of("", 11)), Added(Widget.Of("next", 12)));

        scene.Start();

        scene.Stored.Should().Equal("bad@1", "good@3", "next@12");
        loggers.Entries.Should().Contain(entry => entry.Message.Contains("kept as it came"))
            .And.Contain(entry => entry.Message.Contains("left out"));
    }

    [Test]
    public void An_internal_error_in_the_stream_leads_to_a_list_at_once_unless_time_is_given()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Bookmark(11), Failed(Error(500, "InternalError"))).List(12);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "11");
    }

    [Test]
    public void Within_the_time_given_an_internal_error_resumes_the_watch_and_after_it_lists()
    {
        var scene = new CacheScene(reflector: new() { InternalErrorRetryTime = TimeSpan.FromSeconds(30), WatchIdleTimeout = Timeout.InfiniteTimeSpan });
        scene.Server.List(10);
        for (int i = 0; i < 8; i++)
            scene.Server.Watch(Bookmark(11 + i), Failed(Error(500, "InternalError")));
        scene.Server.List(30);

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(20));
        scene.Server.ListRequests.Should().ContainSingle();
        scene.Server.WatchRequests.Should().HaveCountGreaterThan(3);
        scene.World.Advance(TimeSpan.FromMinutes(3));

        scene.Server.ListRequests.Should().HaveCountGreaterThan(1);
    }

    [Test]
    public void A_quiet_minute_gives_the_time_for_internal_errors_anew()
    {
        var scene = new CacheScene(reflector: new() { InternalErrorRetryTime = TimeSpan.FromSeconds(10), WatchIdleTimeout = Timeout.InfiniteTimeSpan });
        scene.Server.List(10);
        scene.Start();

        for (int i = 0; i < 5; i++)
        {
            scene.World.Advance(TimeSpan.FromMinutes(2));
            scene.Server.LastWatch.Send(Bookmark(11 + i), Failed(Error(500, "InternalError")));
            scene.World.Advance(LongEnough);
        }

        scene.Server.ListRequests.Should().ContainSingle();
        scene.Server.WatchRequests.Should().HaveCount(6);
    }

    [Test]
    public void Another_reason_with_the_code_of_an_internal_error_needs_a_list_whatever_time_is_given()
    {
        var scene = new CacheScene(reflector: new() { InternalErrorRetryTime = TimeSpan.FromHours(1), WatchIdleTimeout = Timeout.InfiniteTimeSpan });
        scene.Server.List(10, Widget.Of("corrupt", 1)).Watch(Failed(Error(500, "StorageReadError"))).List(12);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Handler.Told.Should().Equal("+i corrupt@1", "-? corrupt@1");
    }

    [Test]
    public void Health_tells_what_is_wrong_since_when_and_how_often_and_forgets_it_when_all_is_well()
    {
        var scene = new CacheScene();
        scene.Server.ListFails(Error(403, "Forbidden", "No.")).ListFails(Error(403, "Forbidden", "Still no."));
        DateTimeOffset start = scene.World.Time.GetUtcNow();
        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(1.6));

        InformerHealthIs(scene, synced: false, "Still no.", attempts: 2, since: start);
        scene.Informer.Health.LastContact.Should().BeNull();
        scene.Server.List(10, Widget.Of("a", 1));
        scene.World.Advance(LongEnough);
        scene.Informer.Health.HasSynced.Should().BeTrue();
        scene.Informer.Health.LastError.Should().BeNull();
        scene.Informer.Health.FailingSince.Should().BeNull();
        scene.Informer.Health.FailedAttempts.Should().Be(0);

        scene.World.Advance(TimeSpan.FromMinutes(1));
        scene.Server.LastWatch.Send(Bookmark(11));
        scene.World.RunUntilIdle();
        scene.Informer.Health.LastContact.Should().Be(scene.World.Time.GetUtcNow());
    }

    private static void InformerHealthIs(CacheScene scene, bool synced, string message, int attempts, DateTimeOffset since)
    {
        scene.Informer.Health.HasSynced.Should().Be(synced);
        scene.Informer.Health.LastError!.Message.Should().Be(message);
        scene.Informer.Health.FailedAttempts.Should().Be(attempts);
        scene.Informer.Health.FailingSince.Should().Be(since);
    }
}
