using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Cache;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client;

[TestFixture]
public sealed class RateLimitTests
{
    private static readonly ResourceType<UnstructuredObject> Widgets =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    private CapturingLoggerFactory loggers = null!;
    private VirtualWorld world = null!;
    private MeterProbe meter = null!;
    private FakeClientset fake = null!;
    private List<string> sent = null!;

    [SetUp]
    public void Start()
    {
        loggers = new CapturingLoggerFactory();
        world = new VirtualWorld(loggers: loggers);
        meter = new MeterProbe(world.Runtime);
        fake = new FakeClientset(runtime: world.Runtime);
        sent = [];
        fake.Seed(Widgets, Enumerable.Range(0, 30).Select(static i => UnstructuredObject.Parse($$$"""{"metadata":{"name":"{{{i}}}","namespace":"ns"}}""")));
        fake.AddReactor((request, next, _) =>
        {
            sent.Add(FormattableString.Invariant($"{request.Verb} {request.Key.Name}@{Seconds}"));
            return next();
        });
    }

    [TearDown]
    public void Stop()
    {
        meter.Dispose();
        loggers.Dispose();
    }

    private double Seconds => TimeSpan.FromTicks(world.Time.GetTimestamp()).TotalSeconds;

    [Test]
    public void A_burst_goes_at_once_and_the_rest_at_the_rate_in_the_order_in_which_it_came()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 2, burst: 3);

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 7).Select(i => client.GetAsync(Key(i)))));

        sent.Should().Equal("get 0@0", "get 1@0", "get 2@0", "get 3@0.5", "get 4@1", "get 5@1.5", "get 6@2");
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void The_defaults_are_client_gos()
    {
        IResourceClient<UnstructuredObject> client = fake.WithRateLimit(runtime: world.Runtime).Resource(Widgets);

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.GetAsync(Key(i)))));

        sent.Count(static call => call.EndsWith("@0", StringComparison.Ordinal)).Should().Be(10);
        Seconds.Should().Be(2);
    }

    [Test]
    public void After_a_quiet_time_the_bucket_is_full_and_not_more_than_full()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 1, burst: 2);
        world.Run(() => Task.WhenAll(Enumerable.Range(0, 2).Select(i => client.GetAsync(Key(i)))));
        world.Advance(TimeSpan.FromHours(1));
        sent.Clear();

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 3).Select(i => client.GetAsync(Key(i)))));

        sent.Should().Equal("get 0@3600", "get 1@3600", "get 2@3601");
    }

    [Test]
    public void A_rate_that_no_millisecond_divides_is_kept_in_the_long_run()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 300, burst: 1);

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 3_000).Select(_ => client.GetAsync(Key(0)))));

        Seconds.Should().BeApproximately(10, 0.02);
    }

    [Test]
    public async Task A_timer_that_is_late_hands_out_all_tokens_that_came_for_those_in_the_line()
    {
        var clock = new LateClock();
        var tokens = new RequestTokens(1, 1, clock);
        await tokens.TakeAsync(default);
        Task[] waiting = [.. Enumerable.Range(0, 5).Select(_ => tokens.TakeAsync(default).AsTask())];

        clock.Now = TimeSpan.FromSeconds(3.5).Ticks;
        clock.Fire();

        tokens.Waiting.Should().Be(2);
        await Task.WhenAll(waiting[..3]);
        clock.DueTime.Should().Be(TimeSpan.FromSeconds(0.5));
    }

    [Test]
    public void All_resources_of_a_clientset_share_its_limit_and_another_clientset_has_its_own()
    {
        IClientset one = fake.WithRateLimit(new ClientRateLimitOptions { PerSecond = 1, Burst = 1 }, world.Runtime);
        IClientset other = fake.WithRateLimit(new ClientRateLimitOptions { PerSecond = 1, Burst = 1 }, world.Runtime);

        world.Run(() => Task.WhenAll(
            one.Resource(Widgets).GetAsync(Key(0)), one.Resource(Widgets.MetadataOnly).GetAsync(Key(1)), other.Resource(Widgets).GetAsync(Key(2))));

        sent.Should().Equal("get 0@0", "get 2@0", "get 1@1");
    }

    [Test]
    public void Watches_are_not_limited_and_take_nothing_from_others()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 1, burst: 1);

        world.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
                await (await client.WatchAsync("ns", WatchOptions.From("1"))).DisposeAsync();

            await client.GetAsync(Key(0));
            await (await client.WatchAsync("ns", WatchOptions.From("1"))).DisposeAsync();
        });

        sent.Should().HaveCount(7).And.OnlyContain(static call => call.EndsWith("@0", StringComparison.Ordinal));
    }

    [Test]
    public void Who_is_cancelled_while_waiting_leaves_the_line_and_all_behind_move_up()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 1, burst: 1);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), world.Time);
        var results = new List<Task>();

        Action run = () => world.Run(() =>
        {
            results.AddRange([client.GetAsync(Key(0)), client.GetAsync(Key(1), stop.Token), client.GetAsync(Key(2), stop.Token), client.GetAsync(Key(3))]);
            return Task.WhenAll(results);
        });

        run.Should().Throw<OperationCanceledException>();
        sent.Should().Equal("get 0@0", "get 3@1");
        results.Select(static result => result.Status).Should().Equal(TaskStatus.RanToCompletion, TaskStatus.Canceled, TaskStatus.Canceled, TaskStatus.RanToCompletion);
    }

    [Test]
    public void When_the_last_who_waits_is_cancelled_no_timer_is_left()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 0.001, burst: 1);
        using var stop = new CancellationTokenSource();
        world.Run(() => client.GetAsync(Key(0)));
        Task waiting = world.Runtime.Start(() => client.GetAsync(Key(1), stop.Token));
        world.RunUntilIdle();
        world.Time.ActiveTimers.Should().Be(1);

        stop.Cancel();
        world.RunUntilIdle();

        waiting.IsCanceled.Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void A_token_that_comes_together_with_the_cancellation_goes_to_the_next()
    {
        var tokens = new RequestTokens(1, 1, world.Time);
        using var stop = new CancellationTokenSource();
        world.Run(async () =>
        {
            await tokens.TakeAsync(default);
            Task first = tokens.TakeAsync(stop.Token).AsTask();
            Task second = tokens.TakeAsync(default).AsTask();

            // The timer fires and hands out the token; before its owner runs, the owner is cancelled.
            world.Time.Advance(TimeSpan.FromSeconds(1));
            stop.Cancel();
            await second;
            first.IsCanceled.Should().BeTrue();
        });

        Seconds.Should().Be(1);
        tokens.Waiting.Should().Be(0);
    }

    [Test]
    public void A_call_that_is_cancelled_already_takes_no_token()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 1, burst: 1);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Action get = () => world.Run(() => client.GetAsync(Key(0), stop.Token));
        get.Should().Throw<OperationCanceledException>();
        world.Run(() => client.GetAsync(Key(1)));

        sent.Should().Equal("get 1@0");
    }

    [Test]
    public void Each_try_of_a_request_waits_for_the_limit()
    {
        fake.Fail("get", "widgets", new ApiException(new ApiStatus { Code = 429 }, TimeSpan.FromSeconds(1)), times: 2);
        IResourceClient<UnstructuredObject> client = fake
            .WithRateLimit(new ClientRateLimitOptions { PerSecond = 0.1, Burst = 1 }, world.Runtime).WithRetry(runtime: world.Runtime).Resource(Widgets);
        var times = new List<double>();
        fake.AddReactor((_, next, _) =>
        {
            times.Add(Seconds);
            return next();
        });

        world.Run(() => client.GetAsync(Key(0)));

        times.Should().Equal(0, 10, 20);
    }

    [Test]
    public void Waits_are_measured_by_verb_those_of_nothing_too()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 2, burst: 1);

        world.Run(async () =>
        {
            await client.GetAsync(Key(0));
            await client.ListAsync("ns");
            await (await client.WatchAsync("ns", WatchOptions.From("1"))).DisposeAsync();
        });

        meter.Lines.Should().Equal("rest_client_rate_limiter_duration_seconds 0 verb=get", "rest_client_rate_limiter_duration_seconds 0.5 verb=list");
    }

    [Test]
    public void A_wait_is_told_quietly_and_a_long_one_aloud_but_not_each_of_them()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 1, burst: 1);

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 16).Select(i => client.GetAsync(Key(i)))));

        loggers.Entries.Should().HaveCount(15);
        loggers.Entries.Where(static entry => entry.Level == LogLevel.Information).Select(static entry => entry.Message[..40]).Should().Equal(
            "get widgets ns/2 waited 2 s for this cli", "get widgets ns/12 waited 12 s for this c");
        loggers.Entries[0].Should().Be((LogLevel.Debug, "get widgets ns/1 waited 1 s for this client's own rate limit"));
    }

    [Test]
    public void A_wait_that_nobody_notices_is_not_told()
    {
        IResourceClient<UnstructuredObject> client = Limited(perSecond: 100, burst: 1);

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 5).Select(i => client.GetAsync(Key(i)))));

        loggers.Entries.Should().BeEmpty();
    }

    [Test]
    public async Task Many_threads_that_take_and_cancel_neither_lose_a_token_nor_make_one()
    {
        const int Each = 200;
        var tokens = new RequestTokens(1_000, 1, world.Time);
        using var stop = new CancellationTokenSource();
        await tokens.TakeAsync(default);
        var kept = new List<Task>();
        var dropped = new List<Task>();
        for (int i = 0; i < Each; i++)
        {
            kept.Add(tokens.TakeAsync(default).AsTask());
            dropped.Add(tokens.TakeAsync(stop.Token).AsTask());
        }

        Parallel.Invoke(() => world.Time.Advance(TimeSpan.FromMilliseconds(50)), stop.Cancel, () => world.Time.Advance(TimeSpan.FromMilliseconds(50)));
        await Task.WhenAll(dropped.Select(static task => Task.WhenAny(task)));
        while (tokens.Waiting > 0)
            world.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(kept);
        int served = Each + dropped.Count(static task => task.IsCompletedSuccessfully);
        world.Time.GetTimestamp().Should().Be(TimeSpan.FromMilliseconds(served).Ticks, "each millisecond gives one token, and none goes to who does not take it");
        Task another = tokens.TakeAsync(default).AsTask();
        another.IsCompleted.Should().BeFalse();
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        await another;
    }

    [TestCase(0, 1)]
    [TestCase(-1, 1)]
    [TestCase(double.NaN, 1)]
    [TestCase(double.PositiveInfinity, 1)]
    [TestCase(1, 0)]
    public void Options_that_make_no_sense_are_refused(double perSecond, int burst)
    {
        Action make = () => _ = new ClientRateLimitOptions { PerSecond = perSecond, Burst = burst };

        make.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void The_largest_and_the_smallest_rate_work()
    {
        IResourceClient<UnstructuredObject> fast = Limited(perSecond: double.MaxValue, burst: int.MaxValue);
        var slow = new RequestTokens(double.Epsilon, int.MaxValue, world.Time);

        world.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(i => fast.GetAsync(Key(i)))));

        slow.TakeAsync(default).AsTask().IsCompleted.Should().BeTrue();
        Seconds.Should().Be(0);
    }

    private static ObjectKey Key(int i) => new("ns", $"{i}");

    private IResourceClient<UnstructuredObject> Limited(double perSecond, int burst) =>
        fake.WithRateLimit(new ClientRateLimitOptions { PerSecond = perSecond, Burst = burst }, meter.Runtime).Resource(Widgets);

    /// <summary>Its one timer fires when the test says so.</summary>
    private sealed class LateClock : TimeProvider, ITimer
    {
        private TimerCallback callback = null!;
        private object? state;

        public long Now { get; set; }

        public TimeSpan DueTime { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (this.callback, this.state) = (callback, state);
            return this;
        }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
