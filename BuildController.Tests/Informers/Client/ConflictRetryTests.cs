using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client;

[TestFixture]
public sealed class ConflictRetryTests
{
    private static readonly ResourceType<UnstructuredObject> Widgets =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    private static readonly ObjectKey Key = new("ns", "a");

    private CapturingLoggerFactory loggers = null!;
    private VirtualWorld world = null!;
    private List<double> times = null!;

    [SetUp]
    public void Start()
    {
        loggers = new CapturingLoggerFactory();
        world = new VirtualWorld(loggers: loggers);
        times = [];
    }

    [TearDown]
    public void Stop() => loggers.Dispose();

    private static ApiException Conflict(string message) => new(new ApiStatus { Code = 409, Reason = "Conflict", Message = message });

    private double Milliseconds => TimeSpan.FromTicks(world.Time.GetTimestamp()).TotalMilliseconds;

    [Test]
    public void A_write_that_meets_another_is_read_decided_and_written_again()
    {
        var client = new FakeClientset(runtime: world.Runtime);
        client.Seed(Widgets, UnstructuredObject.Parse("""{"metadata":{"name":"a","namespace":"ns"},"spec":{"size":1}}"""));
        IResourceClient<UnstructuredObject> widgets = client.Resource(Widgets);

        UnstructuredObject[] written = world.Run(() => Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Grow())));

        written.Select(Size).Order().Should().Equal(2, 3, 4);
        world.Run(() => widgets.GetAsync(Key)).Root.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(4);

        Task<UnstructuredObject> Grow() => ConflictRetry.RunAsync(
            async token =>
            {
                UnstructuredObject read = await widgets.GetAsync(Key, token);
                await Task.Yield();
                return await widgets.PatchAsync(Key, Patch.Merge(new JsonObject
                {
                    ["metadata"] = new JsonObject { ["resourceVersion"] = read.Metadata.ResourceVersion },
                    ["spec"] = new JsonObject { ["size"] = Size(read) + 1 },
                }), token);
            },
            runtime: world.Runtime);

        static int Size(UnstructuredObject widget) => widget.Root.GetProperty("spec").GetProperty("size").GetInt32();
    }

    [Test]
    public void After_five_tries_ten_milliseconds_apart_the_last_conflict_comes_out_as_it_is()
    {
        ApiException[] conflicts = [.. Enumerable.Range(1, 6).Select(static i => Conflict($"{i}"))];

        Action run = () => world.Run(() => ConflictRetry.RunAsync(_ => Fail(conflicts), runtime: world.Runtime));

        run.Should().Throw<ApiException>().Which.Should().BeSameAs(conflicts[4]);
        Waits().Should().HaveCount(4).And.OnlyContain(static wait => wait >= 10 && wait <= 11);
    }

    [Test]
    public void Up_to_a_tenth_is_added_at_random()
    {
        ConflictRetryOptions.Default.DelayBefore(2, 0).Should().Be(TimeSpan.FromMilliseconds(10));
        ConflictRetryOptions.Default.DelayBefore(5, 0.5).Should().Be(TimeSpan.FromMilliseconds(10.5));
        ConflictRetryOptions.Backoff.DelayBefore(4, 0.999_999).Should().BeCloseTo(TimeSpan.FromMilliseconds(275), TimeSpan.FromMilliseconds(1));
    }

    [Test]
    public void The_back_off_tries_four_times_and_waits_five_times_as_long_each_time()
    {
        Action run = () => world.Run(() => ConflictRetry.RunAsync(_ => Fail([.. Enumerable.Repeat(Conflict("c"), 4)]), ConflictRetryOptions.Backoff, world.Runtime));

        run.Should().Throw<ApiException>();
        double[] waits = [.. Waits()];
        waits.Should().HaveCount(3);
        waits[0].Should().BeInRange(10, 11);
        waits[1].Should().BeInRange(50, 55);
        waits[2].Should().BeInRange(250, 275);
    }

    [TestCase(ApiErrorReason.AlreadyExists)]
    [TestCase(ApiErrorReason.NotFound)]
    [TestCase(ApiErrorReason.ConnectionLost)]
    [TestCase(ApiErrorReason.TooManyRequests)]
    public void Any_other_failure_comes_out_at_once(ApiErrorReason reason)
    {
        var error = new ApiException(reason, "Another.");

        Action run = () => world.Run(() => ConflictRetry.RunAsync(_ => Fail([Conflict("c"), error]), runtime: world.Runtime));

        run.Should().Throw<ApiException>().Which.Should().BeSameAs(error);
        times.Should().HaveCount(2);
    }

    [Test]
    public void Work_without_a_result_is_run_alike()
    {
        int left = 3;

        world.Run(() => ConflictRetry.RunAsync(_ => --left > 0 ? throw Conflict("c") : Task.CompletedTask, runtime: world.Runtime));

        left.Should().Be(0);
    }

    [Test]
    public void A_cancellation_ends_the_wait()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1), world.Time);
        var slow = new ConflictRetryOptions { InitialDelay = TimeSpan.FromMinutes(1) };

        Action run = () => world.Run(() => ConflictRetry.RunAsync(_ => Fail([Conflict("c")]), slow, world.Runtime, stop.Token));

        run.Should().Throw<OperationCanceledException>();
        Milliseconds.Should().Be(1000);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void What_is_cancelled_before_it_begins_is_not_run()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Action run = () => world.Run(() => ConflictRetry.RunAsync(_ => Fail([]), null, world.Runtime, stop.Token));

        run.Should().Throw<OperationCanceledException>();
        times.Should().BeEmpty();
    }

    [Test]
    public void Conflicts_on_the_way_are_logged_for_those_who_look()
    {
        world.Run(() => ConflictRetry.RunAsync(_ => Fail([Conflict("c")]), new ConflictRetryOptions { Jitter = 0 }, world.Runtime));

        loggers.Entries.Should().Equal((LogLevel.Debug, "A write met a conflict; it is decided again in 10 ms, for the 2. time of at most 5"));
    }

    [Test]
    public void Waits_neither_overflow_nor_exceed_an_hour()
    {
        var options = new ConflictRetryOptions { Factor = 1e300, MaxAttempts = int.MaxValue };

        options.DelayBefore(3, 0).Should().Be(TimeSpan.FromHours(1));
        options.DelayBefore(int.MaxValue, 0.99).Should().Be(TimeSpan.FromHours(1));
    }

    [Test]
    public void Options_that_make_no_sense_are_refused()
    {
        Action[] made =
        [
            () => _ = new ConflictRetryOptions { MaxAttempts = 0 },
            () => _ = new ConflictRetryOptions { InitialDelay = TimeSpan.FromSeconds(-1) },
            () => _ = new ConflictRetryOptions { Factor = 0.5 },
            () => _ = new ConflictRetryOptions { Factor = double.NaN },
            () => _ = new ConflictRetryOptions { Jitter = double.NaN },
            () => _ = new ConflictRetryOptions { Jitter = 2 },
        ];

        made.Should().AllSatisfy(static make => make.Should().Throw<ArgumentOutOfRangeException>());
    }

    private IEnumerable<double> Waits() => times.Zip(times.Skip(1), static (before, after) => after - before);

    /// <summary>Fails with one error at each call, and succeeds after them.</summary>
    private Task<int> Fail(ApiException[] errors)
    {
        times.Add(Milliseconds);
        return times.Count <= errors.Length ? Task.FromException<int>(errors[times.Count - 1]) : Task.FromResult(times.Count);
    }
}
