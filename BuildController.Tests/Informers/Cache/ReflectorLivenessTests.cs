using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Tests.Informers.Client.Http;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>What becomes of watches that stay silent.</summary>
[TestFixture]
public sealed class ReflectorLivenessTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(150);

    [Test]
    public void A_watch_on_which_nothing_comes_is_opened_anew_from_the_last_version_without_a_list()
    {
        var loggers = new CapturingLoggerFactory();
        var scene = new CacheScene(loggers: loggers, reflector: new ReflectorOptions());
        scene.Server.List(10).Watch(Bookmark(11));
        scene.Start();

        scene.World.Advance(Idle - TimeSpan.FromMilliseconds(1));
        scene.Server.WatchRequests.Should().ContainSingle();
        scene.World.Advance(TimeSpan.FromMilliseconds(1));

        scene.Server.WatchRequests.Select(request => request.ResourceVersion).Should().Equal("10", "11");
        scene.Server.WatchTimes[1].Should().Be(scene.Server.WatchTimes[0] + Idle, "there is nothing to wait for");
        scene.Server.ListRequests.Should().ContainSingle();
        scene.Server.Watches[0].Disposals.Should().Be(1);
        scene.Informer.Health.LastError.Should().BeNull();
        scene.Informer.Health.SilentWatches.Should().Be(1);
        loggers.Entries.Should().ContainSingle(entry => entry.Message.Contains("not even a bookmark") && entry.Message.Contains("version 11"));
    }

    [Test]
    public void A_bookmark_a_minute_keeps_a_watch_for_ever()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions());
        scene.Server.List(10);
        scene.Start();

        for (int minute = 1; minute <= 60; minute++)
        {
            scene.World.Advance(TimeSpan.FromMinutes(1));
            scene.Server.LastWatch.Send(Bookmark(10 + minute));
            scene.World.RunUntilIdle();
        }

        scene.Server.WatchRequests.Should().ContainSingle();
        scene.Informer.Health.SilentWatches.Should().Be(0);
    }

    [Test]
    public void A_server_that_stays_silent_is_asked_ever_more_rarely_and_health_counts()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions());
        scene.Server.List(10);
        scene.Start();

        scene.World.Advance(TimeSpan.FromMinutes(40));

        DateTimeOffset[] times = [.. scene.Server.WatchTimes];
        times.Zip(times.Skip(1), (before, after) => (after - before).TotalMinutes).Should().Equal(2.5, 5, 10, 10, 10);
        scene.Informer.Health.SilentWatches.Should().Be(5);
        scene.Server.ListRequests.Should().ContainSingle();
    }

    [Test]
    public void Anything_received_brings_the_patience_and_the_health_back()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions());
        scene.Server.List(10);
        scene.Start();
        scene.World.Advance(TimeSpan.FromMinutes(8));
        scene.Informer.Health.SilentWatches.Should().Be(2);

        scene.Server.LastWatch.Send(Added(Widget.Of("a", 11))).Close();
        scene.World.RunUntilIdle();

        scene.Informer.Health.SilentWatches.Should().Be(0);
        scene.World.Advance(Idle);
        scene.Server.WatchRequests.Should().HaveCount(5);
        scene.Stored.Should().Equal("a@11");
    }

    [Test]
    public void A_quiet_server_that_ends_its_watches_by_itself_is_not_called_silent()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions { WatchIdleTimeout = TimeSpan.FromMinutes(11) });
        scene.Server.List(10);
        scene.Start();

        scene.World.Advance(TimeSpan.FromMinutes(9));
        scene.Server.LastWatch.Close();
        scene.World.Advance(TimeSpan.FromMinutes(9));

        scene.Server.WatchRequests.Should().HaveCount(2);
        scene.Informer.Health.SilentWatches.Should().Be(0);
    }

    [Test]
    public void Turned_off_there_is_no_watchdog_and_no_timer()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions { WatchIdleTimeout = Timeout.InfiniteTimeSpan });
        scene.Server.List(10);
        scene.Start();

        scene.World.Time.ActiveTimers.Should().Be(0);
        scene.World.Advance(TimeSpan.FromDays(1));

        scene.Server.WatchRequests.Should().ContainSingle();
    }

    [Test]
    public void The_watchdog_goes_with_the_informer_and_nothing_is_applied_after()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions());
        scene.Server.List(10);
        scene.Start();
        scene.World.Time.ActiveTimers.Should().Be(1);
        ScriptedWatch watch = scene.Server.LastWatch;

        scene.Stop();
        watch.Send(Added(Widget.Of("late", 11)));
        scene.World.Advance(TimeSpan.FromHours(1));

        scene.World.Time.ActiveTimers.Should().Be(0);
        scene.Server.WatchRequests.Should().ContainSingle();
        scene.Informer.Indexer.Count.Should().Be(0);
        watch.Disposals.Should().Be(1);
    }

    [Test]
    public void What_comes_on_a_watch_that_was_given_up_is_applied_once_by_the_next()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions());
        scene.Server.List(10);
        scene.Start();
        ScriptedWatch first = scene.Server.LastWatch;

        scene.World.Advance(Idle);
        first.Send(Added(Widget.Of("a", 11)));
        scene.Server.LastWatch.Send(Added(Widget.Of("a", 11)));
        scene.World.RunUntilIdle();

        scene.Handler.Told.Should().Equal("+ a@11");
    }

    [Test]
    public void A_watch_that_nobody_accepts_or_refuses_is_given_up_too()
    {
        var scene = new CacheScene(reflector: new ReflectorOptions());
        var world = new BuildController.Informers.Testing.VirtualWorld();
        var client = new NeverAnswers(scene.Server);
        scene.Server.List(10);
        var factory = new SharedInformerFactory(client, null, world.Runtime);
        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        factory.Start();

        world.Advance(TimeSpan.FromMinutes(8));

        client.Openings.Should().Be(3);
        informer.Health.SilentWatches.Should().Be(2);
        world.Run(async () => await factory.DisposeAsync());
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Over_HTTP_a_server_that_accepts_and_never_writes_is_dialled_again_and_each_answer_disposed()
    {
        var answers = new List<PiecewiseStream>();
        CannedServer server = new(request =>
        {
            bool isWatch = request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal);
            PiecewiseStream body = isWatch
                ? new PiecewiseStream([], [1], staysOpen: true)
                : PiecewiseStream.Of("""{"metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"a","namespace":"ns","resourceVersion":"1"}}]}""");
            answers.Add(body);
            return CannedServer.Answer(body);
        });
        var factory = new SharedInformerFactory(server.Clientset, null, server.World.Runtime);
        ISharedInformer<ConfigMap> informer = factory.For(Types.ConfigMap);
        factory.Start();

        server.World.Advance(TimeSpan.FromMinutes(8));

        server.Requests.Should().HaveCount(4, "it lists once and watches three times");
        server.Requests.Skip(1).Should().OnlyContain(request => request.Url.Contains("resourceVersion=10"));
        answers.Select(answer => answer.Disposals > 0).Should().Equal(true, true, true, false);
        informer.Health.SilentWatches.Should().Be(2);
        informer.Indexer.Count.Should().Be(1);
        server.World.Run(async () => await factory.DisposeAsync());
        answers.Should().OnlyContain(answer => answer.Disposals > 0);
        server.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void While_this_end_is_behind_silence_is_not_the_servers()
    {
        var world = new BuildController.Informers.Testing.VirtualWorld();
        var session = new WatchSession<Widget>(Idle, world.Time, CancellationToken.None);
        var blocked = new TaskCompletionSource();

        world.Run(async () =>
        {
            await session.OpenAsync(new ScriptedServer(), null, new WatchOptions());
            Task held = session.WhileHeldUp(new ValueTask(blocked.Task)).AsTask();
            await Task.Delay(TimeSpan.FromMinutes(20), world.Time);
            session.IsSilent.Should().BeFalse();
            blocked.SetResult();
            await held;
            await Task.Delay(Idle * 2, world.Time);
        });

        session.IsSilent.Should().BeTrue("now the server has its turn");
        world.Run(async () => await session.DisposeAsync());
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Times_that_make_no_sense_are_refused()
    {
        FluentActions.Invoking(() => new ReflectorOptions { WatchIdleTimeout = TimeSpan.Zero }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ReflectorOptions { WatchListTimeout = Timeout.InfiniteTimeSpan }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ReflectorOptions { PageSize = -1 }).Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>Lists as scripted; a watch waits for ever to be accepted.</summary>
    private sealed class NeverAnswers(ScriptedServer lists) : IClientset, IResourceClient<Widget>
    {
        public int Openings { get; private set; }

        public ResourceType<Widget> Type => Widget.Resource;

        public IResourceClient<T> Resource<T>(ResourceType<T> type)
            where T : class => (IResourceClient<T>)(object)this;

        public Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<Widget> visit, CancellationToken cancellationToken = default) =>
            lists.ListAsync(@namespace, options, visit, cancellationToken);

        public async Task<IWatchStream<Widget>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default)
        {
            Openings++;
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("Unreachable.");
        }

        public Task<Widget> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> CreateAsync(Widget value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> ReplaceAsync(Widget value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Widget> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
