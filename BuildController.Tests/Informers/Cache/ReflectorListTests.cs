using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class ReflectorListTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    [Test]
    public void The_first_list_takes_any_version_in_pages_and_the_watch_goes_on_from_the_lists_version()
    {
        var scene = new CacheScene(new InformerOptions<Widget>
        {
            Namespace = "ns", LabelSelector = LabelSelector.Parse("a=b"), FieldSelector = "metadata.name=x",
        });
        scene.Server.List(10, Widget.Of("x", 3));

        scene.Start();

        scene.Server.ListRequests.Should().Equal(new ListOptions
        {
            ResourceVersion = "0", Limit = 500, LabelSelector = "a=b", FieldSelector = "metadata.name=x",
        });
        scene.Server.Namespaces.Should().Equal("ns");
        WatchOptions watch = scene.Server.WatchRequests.Should().ContainSingle().Subject;
        watch.Should().Be(new WatchOptions
        {
            ResourceVersion = "10", AllowBookmarks = true, LabelSelector = "a=b", FieldSelector = "metadata.name=x", Timeout = watch.Timeout,
        });
        scene.Stored.Should().Equal("x@3");
    }

    [Test]
    public void Watch_timeouts_are_random_whole_seconds_between_five_and_ten_minutes()
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        for (int version = 11; version < 61; version++)
            scene.Server.WatchAndClose(Bookmark(version));

        scene.Start();

        IEnumerable<double> seconds = scene.Server.WatchRequests.Select(request => request.Timeout!.Value.TotalSeconds).ToList();
        seconds.Should().HaveCount(51).And.OnlyContain(value => value >= 300 && value <= 600 && value == Math.Floor(value));
        seconds.Distinct().Should().HaveCountGreaterThan(25);
    }

    [Test]
    public void A_relist_asks_for_at_least_the_last_version_seen_without_a_limit()
    {
        var scene = new CacheScene();
        scene.Server.List(10).WatchAndClose(Bookmark(12), Failed(Error(500, "InternalError"))).List(13);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "12");
        scene.Server.ListRequests[1].Limit.Should().Be(0, "a limit would make the server go to etcd");
        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("10", "13");
    }

    [Test]
    public void A_server_that_pages_version_zero_has_no_watch_cache_so_later_lists_are_paged_too()
    {
        var scene = new CacheScene();
        scene.Server.Page(10, "next").List(10).Watch(Failed(Error(500))).List(11);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListRequests.Select(request => (request.ResourceVersion, request.Limit, request.Continue))
            .Should().Equal(("0", 500, null), (null, 500, "next"), ("10", 500, null));
    }

    [Test]
    public void An_expired_version_is_followed_at_once_by_one_list_of_the_newest()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Failed(Error(500))).ListFails(Expired).List(20);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "10", "");
        scene.Server.ListTimes[2].Should().Be(scene.Server.ListTimes[1], "there is nothing to wait for");
        scene.Server.LastWatch.Should().NotBeNull();
        scene.Server.WatchRequests[^1].ResourceVersion.Should().Be("20");
    }

    [Test]
    public void The_version_is_used_again_after_a_list_of_the_newest_has_succeeded()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Failed(Error(500))).ListFails(Expired).List(20).Watch(Failed(Error(500))).List(21);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "10", "", "20");
    }

    [Test]
    public void Once_a_version_has_expired_the_newest_is_asked_for_until_a_list_comes_in()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Failed(Error(500))).ListFails(Expired).ListFails(Error(500)).ListFails(Expired).List(20);

        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(1));

        scene.Server.ListVersions.Should().Equal("0", "10", "", "", "");
        scene.Server.ListTimes.Distinct().Should().HaveCount(4, "an expired list of the newest is waited out like any failure");
    }

    [Test]
    public void An_expired_second_page_is_followed_by_one_full_list_at_the_original_version()
    {
        var scene = new CacheScene();
        scene.Server.Page(10, "more", Widget.Of("a", 1)).List(10).Watch(Failed(Error(500)))
            .Page(11, "more", Widget.Of("stale", 1)).ListFails(Expired, Widget.Of("half", 1)).List(12, Widget.Of("a", 2), Widget.Of("b", 2));

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListRequests.Skip(2).Select(request => (request.ResourceVersion, request.Limit, request.Continue))
            .Should().Equal(("10", 500, null), (null, 500, "more"), ("10", 0, null));
        scene.Stored.Should().Equal("a@2", "b@2");
        scene.Handler.Told.Should().NotContain(told => told.Contains("stale") || told.Contains("half"));
    }

    private static readonly ApiException[] TooLarge =
    [
        Error(504, "Timeout", "Timeout: Too large resource version: 10, current: 5", null, new ApiStatusCause { Type = "ResourceVersionTooLarge", Message = "Too large resource version" }),
        Error(504, "Timeout", "Timeout", null, new ApiStatusCause { Message = "Too large resource version" }),
        Error(504, "Timeout", "Timeout: Too large resource version: 10, current: 5"),
    ];

    [TestCaseSource(nameof(TooLarge))]
    public void A_version_too_large_for_the_server_is_followed_at_once_by_a_list_of_the_newest(ApiException error)
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Failed(Error(500))).ListFails(error).List(5);

        scene.Start();
        scene.World.Advance(LongEnough);

        scene.Server.ListVersions.Should().Equal("0", "10", "");
        scene.Server.WatchRequests[^1].ResourceVersion.Should().Be("5");
    }

    [Test]
    public void Objects_of_a_list_that_fails_midway_are_dropped_and_delete_nothing()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1)).Watch(Failed(Error(500)))
            .ListFails(Error(500), Widget.Of("c", 2))
            .Page(20, "more", Widget.Of("b", 1)).List(20, Widget.Of("a", 1));

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(20));

        scene.Stored.Should().Equal("a@1", "b@1");
        scene.Handler.Told.Should().Equal("+i a@1", "+i b@1");
    }

    [Test]
    public void Failing_lists_are_repeated_with_growing_random_delays_up_to_a_minute()
    {
        var scene = new CacheScene();
        for (int i = 0; i < 14; i++)
            scene.Server.ListFails(Error(500));

        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(15));

        DateTimeOffset[] times = [.. scene.Server.ListTimes];
        times.Should().HaveCount(15);
        double[] waits = [.. times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds)];
        for (int i = 0; i < waits.Length; i++)
        {
            double least = Math.Min(30, 0.8 * Math.Pow(2, i));
            waits[i].Should().BeInRange(least, least * 2);
        }

        waits.TakeLast(5).Distinct().Should().HaveCountGreaterThan(3, "the delays are jittered");
    }

    [Test]
    public void After_two_quiet_minutes_the_delays_start_small_again()
    {
        var scene = new CacheScene();
        for (int i = 0; i < 6; i++)
            scene.Server.ListFails(Error(500));
        scene.Server.List(10).Watch().ListFails(Error(500));

        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(5));
        scene.Server.LastWatch.Send(Failed(Error(500)));
        scene.World.RunUntilIdle();
        scene.World.Advance(TimeSpan.FromSeconds(1.6));

        scene.Server.ListRequests.Should().HaveCount(8);
    }

    [Test]
    public void A_server_that_asks_for_time_gets_it()
    {
        var scene = new CacheScene();
        scene.Server.ListFails(Error(429, "TooManyRequests", retryAfterSeconds: 60)).List(10);

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(59));
        scene.Server.ListRequests.Should().ContainSingle();
        scene.World.Advance(TimeSpan.FromSeconds(1));

        scene.Server.ListRequests.Should().HaveCount(2);
    }

    [Test]
    public void A_server_that_asks_for_a_lifetime_gets_five_minutes()
    {
        var scene = new CacheScene();
        scene.Server.ListFails(Error(503, "ServiceUnavailable", retryAfterSeconds: int.MaxValue)).List(10);

        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(5));

        scene.Informer.HasSynced.Should().BeTrue();
    }

    [Test]
    public void Whatever_a_client_throws_the_loop_goes_on()
    {
        var scene = new CacheScene();
        scene.Server.ListFails(new OperationCanceledException()).ListFails(new TimeoutException()).ListFails(new InvalidOperationException())
            .List(10, Widget.Of("a", 1)).WatchFails(new OperationCanceledException()).List(11, Widget.Of("a", 2));

        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(2));

        scene.Stored.Should().Equal("a@2");
        scene.Server.ListRequests.Should().HaveCount(5);
    }

    [Test]
    public void An_explicit_page_size_pages_every_list_whatever_its_version_and_merges_the_pages()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions { PageSize = 4 });
        scene.Server.Page(10, "next", Widget.Of("a", 1)).List(10, Widget.Of("b", 1)).Watch(Failed(Error(500))).List(11, Widget.Of("a", 1), Widget.Of("b", 2));

        scene.Start();
        scene.Stored.Should().Equal("a@1", "b@1");
        scene.World.Advance(LongEnough);

        scene.Server.ListRequests.Select(request => (request.ResourceVersion, request.Limit, request.Continue))
            .Should().Equal(("0", 4, null), (null, 4, "next"), ("10", 4, null));
    }

    [Test]
    public void A_page_size_of_zero_never_asks_for_pages()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions { PageSize = 0 });
        scene.Server.List(10);

        scene.Start();

        scene.Server.ListRequests.Should().Equal(new ListOptions { ResourceVersion = "0" });
    }

    [Test]
    public void A_full_list_whose_pages_expire_too_is_waited_out_not_repeated_for_ever()
    {
        var scene = new CacheScene();
        scene.Server.Page(10, "more").ListFails(Expired).Page(10, "still").ListFails(Expired);

        scene.Start();

        scene.Server.ListRequests.Should().HaveCount(5, "the newest is asked for once, then it waits");
        scene.Server.ListRequests[4].Should().Be(new ListOptions { Limit = 500 });
    }

    [Test]
    public void A_list_abandoned_between_its_pages_leaves_no_request_and_no_timer()
    {
        var scene = new CacheScene();
        scene.Server.Page(10, "more", Widget.Of("a", 1));
        scene.Start();

        scene.Stop();

        scene.Server.ListRequests.Should().HaveCount(2);
        scene.Informer.Indexer.Count.Should().Be(0);
        scene.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void The_back_off_can_be_chosen()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions { InitialBackoff = TimeSpan.FromMilliseconds(10), MaxBackoff = TimeSpan.FromMilliseconds(100) });
        for (int i = 0; i < 5; i++)
            scene.Server.ListFails(Error(500));

        scene.Start();
        scene.World.Advance(TimeSpan.FromMilliseconds(500));

        double[] waits = [.. scene.Server.ListTimes.Zip(scene.Server.ListTimes.Skip(1), (before, after) => (after - before).TotalMilliseconds)];
        waits.Should().HaveCount(5);
        waits.Select((wait, i) => wait >= Math.Min(100, 10 << i) && wait <= Math.Min(200, 20 << i)).Should().OnlyContain(isInRange => isInRange);
    }
}
