using System.Text.Json.Nodes;
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
public sealed class RetryTests
{
    private static readonly ResourceType<UnstructuredObject> Widgets =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    private static readonly ObjectKey Key = new("ns", "a");
    private static readonly ApiException Lost = new(ApiErrorReason.ConnectionLost, "The connection was lost.");

    private readonly List<TaskScheduler> schedulers = [];
    private CapturingLoggerFactory loggers = null!;
    private VirtualWorld world = null!;
    private FakeClientset fake = null!;
    private IResourceClient<UnstructuredObject> client = null!;
    private List<double> times = null!;

    [SetUp]
    public void Start()
    {
        loggers = new CapturingLoggerFactory();
        world = new VirtualWorld(loggers: loggers);
        fake = new FakeClientset(runtime: world.Runtime);
        fake.Seed(Widgets, UnstructuredObject.Parse("""{"metadata":{"name":"a","namespace":"ns"},"spec":{"size":1}}"""));
        client = fake.WithRetry(runtime: world.Runtime).Resource(Widgets);
        times = [];
    }

    [TearDown]
    public void Stop() => loggers.Dispose();

    [Test]
    public void A_request_waits_exactly_as_the_server_says_and_is_sent_again()
    {
        Fail("get", Told(429, 7), Told(503, 2), Told(500, 1));

        UnstructuredObject read = world.Run(() => client.GetAsync(Key));

        read.Metadata.Name.Should().Be("a");
        times.Should().Equal(0, 7, 9, 10);
    }

    [Test]
    public void Told_to_wait_for_nothing_it_backs_off_by_itself()
    {
        Fail("get", new ApiException(new ApiStatus { Code = 429 }, TimeSpan.Zero), new ApiException(new ApiStatus { Code = 429 }));

        world.Run(() => client.GetAsync(Key));

        times.Should().HaveCount(3).And.OnlyHaveUniqueItems();
    }

    [Test]
    public void A_server_that_asks_for_more_patience_than_allowed_is_not_asked_again_sooner()
    {
        Fail("get", Told(429, 31));

        ApiException error = Catch(() => client.GetAsync(Key));

        error.RetryAfter.Should().Be(TimeSpan.FromSeconds(31));
        error.Attempts.Should().Be(1);
        times.Should().Equal(0);
    }

    [Test]
    public void The_patience_can_be_chosen()
    {
        Fail("get", Told(429, 600));
        client = fake.WithRetry(new ClientRetryOptions { MaxRetryAfter = TimeSpan.FromMinutes(10) }, world.Runtime).Resource(Widgets);

        world.Run(() => client.GetAsync(Key));

        times.Should().Equal(0, 600);
    }

    [Test]
    public void Waits_grow_with_jitter_up_to_the_longest_and_a_seed_repeats_them()
    {
        Fail("get", [.. Enumerable.Repeat(Lost, 9)]);
        world.Run(() => client.GetAsync(Key));
        List<double> first = times;

        Start();
        Fail("get", [.. Enumerable.Repeat(Lost, 9)]);
        world.Run(() => client.GetAsync(Key));

        double[] waits = [.. times.Zip(times.Skip(1), static (before, after) => after - before)];
        times.Should().Equal(first);
        waits.Should().HaveCount(9).And.OnlyHaveUniqueItems("each has its own jitter, and the longest too")
            .And.OnlyContain(static wait => wait > 0 && wait <= 10);
        waits[0].Should().BeLessThan(0.4);
        waits[5].Should().BeGreaterThan(waits[0]);
    }

    [Test]
    public void After_ten_tries_the_last_failure_comes_out_and_tells_of_the_one_before()
    {
        Fail("get", [.. Enumerable.Repeat(Lost, 8), Told(503, 1), Told(429, 1), Lost]);

        ApiException error = Catch(() => client.GetAsync(Key));

        times.Should().HaveCount(10);
        error.IsTooManyRequests.Should().BeTrue();
        error.Code.Should().Be(429);
        error.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        error.Attempts.Should().Be(10);
        error.PreviousError!.Code.Should().Be(503);
        error.InnerException.Should().BeOfType<ApiException>().Which.Code.Should().Be(429);
        error.Message.Should().Be("The server answered 429. (10 tries; the one before the last: The server answered 503.)");
    }

    [Test]
    public void The_same_failure_is_not_told_twice()
    {
        Fail("get", [.. Enumerable.Repeat(Lost, 10)]);

        Catch(() => client.GetAsync(Key)).Message.Should().Be("The connection was lost. (10 tries)");
    }

    [Test]
    public void A_failure_at_the_first_try_comes_out_as_it_is()
    {
        ApiException conflict = new(new ApiStatus { Code = 409, Reason = "Conflict" });
        Fail("patch", conflict);

        Catch(() => client.PatchAsync(Key, Patch.Merge([]))).Should().BeSameAs(conflict);

        times.Should().Equal(0);
    }

    [Test]
    public void Once_is_enough_where_one_try_is_allowed()
    {
        Fail("get", Lost);
        client = fake.WithRetry(new ClientRetryOptions { MaxAttempts = 1 }, world.Runtime).Resource(Widgets);

        Catch(() => client.GetAsync(Key)).Should().BeSameAs(Lost);
    }

    [Test]
    public void What_is_no_failure_of_a_request_is_not_repeated()
    {
        int calls = 0;
        fake.AddReactor((_, _, _) => throw new InvalidOperationException($"{++calls}"));

        Action get = () => world.Run(() => client.GetAsync(Key));

        get.Should().Throw<InvalidOperationException>().WithMessage("1");
    }

    [Test]
    public void A_conditional_patch_that_was_applied_and_lost_answers_a_conflict_that_tells_of_the_loss()
    {
        string version = world.Run(() => client.GetAsync(Key)).Metadata.ResourceVersion!;
        LoseAnswer("patch");

        ApiException error = Catch(() => client.PatchAsync(Key, Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = version },
            ["spec"] = new JsonObject { ["size"] = 2 },
        })));

        error.IsConflict.Should().BeTrue();
        error.PreviousError!.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        world.Run(() => client.GetAsync(Key)).Root.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(2);
    }

    [Test]
    public void An_unconditional_patch_that_was_applied_and_lost_succeeds_at_the_second_try()
    {
        LoseAnswer("patch");

        UnstructuredObject patched = world.Run(() => client.PatchAsync(Key, Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["size"] = 2 } })));

        patched.Root.GetProperty("spec").GetProperty("size").GetInt32().Should().Be(2);
        times.Should().HaveCount(2);
    }

    [Test]
    public void A_delete_that_was_applied_and_lost_answers_not_found_and_DeleteIfExists_takes_that_for_done()
    {
        string uid = world.Run(() => client.GetAsync(Key)).Metadata.Uid!;
        LoseAnswer("delete");

        bool deleted = world.Run(() => client.DeleteIfExistsAsync(Key, new DeleteOptions { Uid = uid }));

        deleted.Should().BeFalse();
        times.Should().HaveCount(2);
        world.Run(() => client.FindAsync(Key)).Should().BeNull();
    }

    [Test]
    public void A_delete_of_one_object_that_was_lost_leaves_its_successor_alone()
    {
        string uid = world.Run(() => client.GetAsync(Key)).Metadata.Uid!;
        LoseAnswer("delete", then: () => fake.Seed(Widgets, UnstructuredObject.Parse("""{"metadata":{"name":"a","namespace":"ns"}}""")));

        ApiException error = Catch(() => client.DeleteAsync(Key, new DeleteOptions { Uid = uid }));

        error.IsConflict.Should().BeTrue();
        world.Run(() => client.GetAsync(Key)).Metadata.Uid.Should().NotBe(uid);
    }

    [Test]
    public void A_create_whose_answer_was_lost_is_not_sent_again()
    {
        LoseAnswer("create");

        Catch(() => client.CreateAsync(UnstructuredObject.Parse("""{"metadata":{"generateName":"b-","namespace":"ns"}}""")));

        times.Should().HaveCount(1);
        world.Run(() => client.ListAsync("ns")).Items.Should().HaveCount(2, "there is the one that was created");
    }

    [Test]
    public void A_create_that_the_server_did_not_begin_with_is_sent_again()
    {
        Fail("create", Told(429, 1), Told(503, 1), new ApiException(ApiErrorReason.ConnectionRefused, "Nothing listens."));

        world.Run(() => client.CreateAsync(UnstructuredObject.Parse("""{"metadata":{"generateName":"b-","namespace":"ns"}}""")));

        times.Should().HaveCount(4);
    }

    [Test]
    public void A_list_is_sent_again_as_long_as_nothing_was_handed_over()
    {
        Fail("list", Lost, Lost);

        world.Run(() => client.ListAsync("ns")).Items.Should().ContainSingle();

        times.Should().HaveCount(3);
    }

    [Test]
    public void A_list_that_fails_midway_comes_out_at_once()
    {
        int visits = 0;

        ApiException error = Catch(() => client.ListAsync("ns", ListOptions.Default, _ =>
        {
            visits++;
            throw Lost;
        }));

        error.Should().BeSameAs(Lost);
        visits.Should().Be(1);
    }

    [Test]
    public void The_opening_of_a_watch_is_left_to_the_one_who_watches()
    {
        Fail("watch", Told(429, 1));

        Catch(() => client.WatchAsync("ns", WatchOptions.From("1"))).IsTooManyRequests.Should().BeTrue();

        times.Should().Equal(0);
    }

    [Test]
    public void A_call_that_is_cancelled_while_it_waits_says_what_it_waited_after()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3), world.Time);
        Fail("get", Told(429, 10));

        Action get = () => world.Run(() => client.GetAsync(Key, stop.Token));

        OperationCanceledException error = get.Should().Throw<OperationCanceledException>().Which;
        error.CancellationToken.Should().Be(stop.Token);
        error.InnerException.Should().BeOfType<ApiException>().Which.IsTooManyRequests.Should().BeTrue();
        world.Time.GetTimestamp().Should().Be(TimeSpan.FromSeconds(3).Ticks);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Everything_happens_on_the_callers_scheduler()
    {
        Fail("get", Told(429, 1), Lost);
        TaskScheduler? after = null;

        world.Run(async () =>
        {
            await client.GetAsync(Key);
            after = TaskScheduler.Current;
        });

        after.Should().BeSameAs(world.Scheduler);
        schedulers.Should().HaveCount(3).And.OnlyContain(scheduler => ReferenceEquals(scheduler, world.Scheduler));
    }

    [Test]
    public void Retries_are_logged_for_those_who_look_and_counted_when_they_are_sent()
    {
        using var meter = new MeterProbe(world.Runtime);
        client = fake.WithRetry(runtime: meter.Runtime).Resource(Widgets);
        Fail("get", Told(429, 1), Lost);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(5), world.Time);

        world.Run(() => client.GetAsync(Key));
        Fail("patch", Told(503, 10));
        Action patch = () => world.Run(() => client.PatchAsync(Key, Patch.Merge([]), stop.Token));
        patch.Should().Throw<OperationCanceledException>();

        meter.Lines.Should().Equal("rest_client_request_retries_total 1 verb=get code=429", "rest_client_request_retries_total 1 verb=get code=ConnectionLost");
        loggers.Entries.Should().HaveCount(3).And.OnlyContain(static entry => entry.Level == LogLevel.Debug);
        loggers.Entries[0].Message.Should().Be("get widgets ns/a failed; it is sent again in 1 s, for the 2. time of at most 10");
    }

    [Test]
    public void Options_that_make_no_sense_are_refused()
    {
        Action[] made =
        [
            () => _ = new ClientRetryOptions { MaxAttempts = 0 },
            () => _ = new ClientRetryOptions { InitialDelay = TimeSpan.Zero },
            () => _ = new ClientRetryOptions { MaxDelay = TimeSpan.FromDays(2) },
            () => _ = new ClientRetryOptions { MaxRetryAfter = TimeSpan.FromSeconds(-1) },
        ];

        made.Should().AllSatisfy(static make => make.Should().Throw<ArgumentOutOfRangeException>());
    }

    private static ApiException Told(int code, int seconds) => new(new ApiStatus { Code = code }, TimeSpan.FromSeconds(seconds));

    private ApiException Catch(Func<Task> call)
    {
        Action run = () => world.Run(call);
        return run.Should().Throw<ApiException>().Which;
    }

    /// <summary>Lets calls of a verb fail, one error each, and notes when they come.</summary>
    private void Fail(string verb, params ApiException[] errors)
    {
        var left = new Queue<ApiException>(errors);
        schedulers.Clear();
        fake.AddReactor((request, next, _) =>
        {
            if (request.Verb != verb)
                return next();

            times.Add(TimeSpan.FromTicks(world.Time.GetTimestamp()).TotalSeconds);
            schedulers.Add(TaskScheduler.Current);
            return left.TryDequeue(out ApiException? error) ? throw error : next();
        });
    }

    /// <summary>Applies the next call of a verb and tells nobody.</summary>
    private void LoseAnswer(string verb, Action? then = null)
    {
        fake.AddReactor(async (request, next, _) =>
        {
            if (request.Verb != verb)
                return await next();

            times.Add(TimeSpan.FromTicks(world.Time.GetTimestamp()).TotalSeconds);
            FakeResponse response = await next();
            if (times.Count > 1)
                return response;

            then?.Invoke();
            throw Lost;
        });
    }
}
