using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

[TestFixture]
public sealed class ControllerTests
{
    private static readonly ControllerOptions Options = new() { Name = "test" };

    private VirtualWorld world = null!;
    private WorkQueue<string> queue = null!;
    private List<string> log = null!;

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<string>(new WorkQueueOptions<string>(), world.Runtime);
        log = [];
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [Test]
    public void Keys_queued_before_and_after_the_start_are_reconciled()
    {
        queue.Add("early");
        IController controller = Start(Options, Note);

        world.RunUntilIdle();
        queue.Add("late");
        world.RunUntilIdle();

        log.Should().Equal("0 early", "0 late");
        Stop(controller);
    }

    [Test]
    public void No_key_is_reconciled_before_every_cache_has_synced()
    {
        var pods = new TaskCompletionSource();
        var pools = new TaskCompletionSource();
        queue.Add("a");
        IController controller = Start(Options with { WaitFor = [_ => pods.Task, _ => pools.Task] }, Note);

        world.Advance(TimeSpan.FromSeconds(60));
        pods.SetResult();
        world.RunUntilIdle();
        log.Should().BeEmpty();
        pools.SetResult();
        world.RunUntilIdle();

        log.Should().Equal("60000 a");
        Stop(controller);
    }

    [Test]
    public void Caches_that_do_not_sync_in_time_fail_the_run_and_shut_the_queue_down()
    {
        CancellationToken wait = default;
        IController controller = Create(Options with { WaitFor = [token => { wait = token; return new TaskCompletionSource().Task; }] }, Note);
        Task run = controller.RunAsync();

        world.Advance(TimeSpan.FromMinutes(2));

        run.Exception!.InnerException.Should().BeOfType<TimeoutException>().Which.Message.Should().Contain("test");
        wait.IsCancellationRequested.Should().BeTrue("nobody waits any more");
        queue.IsShuttingDown.Should().BeTrue();
        Stop(controller);
    }

    [Test]
    public void A_cache_that_fails_fails_the_run()
    {
        IController controller = Create(Options with { WaitFor = [_ => throw new InvalidOperationException("no such resource")] }, Note);

        Task run = controller.RunAsync();
        world.RunUntilIdle();

        run.Exception!.InnerException.Should().BeOfType<InvalidOperationException>();
        Stop(controller);
    }

    [Test]
    public void A_stop_ends_the_wait_for_caches_without_an_error()
    {
        IController controller = Create(Options with { WaitFor = [_ => new TaskCompletionSource().Task] }, Note);
        Task run = controller.RunAsync();
        world.RunUntilIdle();

        Stop(controller);

        run.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void A_failing_key_is_retried_with_back_off_until_it_succeeds_and_hurts_no_other()
    {
        int failures = 4;
        IController controller = Start(Options, key =>
        {
            Note(key);
            return key == "bad" && failures-- > 0 ? throw new InvalidOperationException("not yet") : ReconcileResult.Done;
        });
        queue.Add("bad");
        queue.Add("good");

        world.Advance(TimeSpan.FromHours(1));

        log.Should().Equal("0 bad", "0 good", "5 bad", "15 bad", "35 bad", "75 bad");
        queue.Retries("bad").Should().Be(0, "it succeeded");
        Stop(controller);
    }

    [Test]
    public void A_key_that_always_fails_is_never_given_up()
    {
        IController controller = Start(Options, _ => throw new InvalidOperationException("broken"));
        queue.Add("a");

        world.Advance(TimeSpan.FromDays(1));

        int retries = queue.Retries("a");
        retries.Should().BeGreaterThan(90);
        world.Advance(TimeSpan.FromSeconds(1000));
        queue.Retries("a").Should().Be(retries + 1, "the delay has its maximum, and goes on");
        Stop(controller);
    }

    [Test]
    public void After_the_fast_retries_a_failing_key_comes_at_the_slow_interval()
    {
        int failures = 8;
        IController controller = Start(Options with { FastRetries = 5 }, key =>
        {
            Note(key);
            return failures-- > 0 ? throw new InvalidOperationException("not yet") : ReconcileResult.Done;
        });
        queue.Add("a");

        world.Advance(TimeSpan.FromHours(1));

        log.Should().Equal("0 a", "5 a", "15 a", "35 a", "75 a", "155 a", "60155 a", "120155 a", "180155 a");
        queue.Retries("a").Should().Be(0);
        Stop(controller);
    }

    [Test]
    public void A_terminal_error_is_not_retried_but_an_event_brings_the_key_back()
    {
        IController controller = Start(Options, key =>
        {
            Note(key);
            throw new TerminalErrorException("malformed");
        });
        queue.Add("a");
        world.Advance(TimeSpan.FromHours(1));
        log.Should().Equal("0 a");

        queue.Add("a");
        world.RunUntilIdle();

        log.Should().HaveCount(2);
        queue.Retries("a").Should().Be(0);
        Stop(controller);
    }

    [Test]
    public void RequeueAfter_brings_the_key_back_and_counts_as_success()
    {
        int runs = 0;
        IController controller = Start(Options, key =>
        {
            Note(key);
            return runs++ switch
            {
                0 => throw new InvalidOperationException("once"),
                1 => ReconcileResult.RequeueAfter(TimeSpan.FromSeconds(10)),
                2 => ReconcileResult.RequeueAfter(TimeSpan.Zero),
                _ => ReconcileResult.Done,
            };
        });
        queue.Add("a");

        world.Advance(TimeSpan.FromHours(1));

        log.Should().Equal("0 a", "5 a", "10005 a", "10005 a");
        queue.Retries("a").Should().Be(0);
        Stop(controller);
    }

    [Test]
    public void A_reconciliation_that_takes_too_long_is_cancelled_and_retried()
    {
        int runs = 0;
        IController controller = Start(Options with { ReconcileTimeout = TimeSpan.FromSeconds(1) }, async (key, token) =>
        {
            Note(key);
            if (runs++ == 0)
                await Task.Delay(TimeSpan.FromHours(1), world.Time, token);
            return ReconcileResult.Done;
        });
        queue.Add("a");

        world.Advance(TimeSpan.FromMinutes(1));

        log.Should().Equal("0 a", "1005 a");
        Stop(controller);
    }

    [Test]
    public void A_cancellation_that_nobody_asked_for_is_a_failure_and_retried()
    {
        int runs = 0;
        IController controller = Start(Options, key =>
        {
            Note(key);
            return runs++ == 0 ? throw new TaskCanceledException("the request timed out") : ReconcileResult.Done;
        });
        queue.Add("a");

        world.Advance(TimeSpan.FromMinutes(1));

        log.Should().Equal("0 a", "5 a");
        Stop(controller);
    }

    [Test]
    public void Workers_run_different_keys_at_once_and_never_one_key_twice()
    {
        var running = new HashSet<string>();
        int most = 0;
        bool twice = false;
        IController controller = Start(Options with { Workers = 4 }, async (key, token) =>
        {
            twice |= !running.Add(key);
            most = Math.Max(most, running.Count);
            await Task.Delay(TimeSpan.FromMilliseconds(10), world.Time, token);
            running.Remove(key);
            return ReconcileResult.Done;
        });

        for (int i = 0; i < 200; i++)
        {
            queue.Add($"{i % 6}");
            world.Advance(TimeSpan.FromMilliseconds(1));
        }

        most.Should().Be(4);
        twice.Should().BeFalse();
        Stop(controller);
    }

    [Test]
    public void A_stop_lets_what_runs_finish_and_starts_nothing_more()
    {
        IController controller = Start(Options, async (key, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), world.Time, token);
            return Note(key);
        });
        queue.Add("running");
        queue.Add("queued");
        world.RunUntilIdle();

        Stop(controller);

        log.Should().Equal("10000 running");
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void What_runs_longer_than_the_grace_period_is_cancelled_and_awaited()
    {
        IController controller = Start(Options with { StopGracePeriod = TimeSpan.FromSeconds(5) }, async (key, token) =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromHours(1), world.Time, token);
            }
            finally
            {
                Note("cancelled");
                await Task.Delay(TimeSpan.FromSeconds(2), world.Time, CancellationToken.None);
                Note("cleaned up");
            }

            return ReconcileResult.Done;
        });
        queue.Add("a");
        world.RunUntilIdle();

        Stop(controller);

        log.Should().Equal("5000 cancelled", "7000 cleaned up");
        queue.Retries("a").Should().Be(0, "a stop is no failure of the key");
        world.Time.ActiveTimers.Should().Be(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_stop_in_a_hurry_or_without_grace_cancels_at_once(bool hurry)
    {
        TimeSpan grace = hurry ? TimeSpan.FromSeconds(15) : TimeSpan.Zero;
        IController controller = Start(Options with { StopGracePeriod = grace }, async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), world.Time, token);
            return ReconcileResult.Done;
        });
        queue.Add("a");
        world.RunUntilIdle();

        world.Run(() => controller.StopAsync(new CancellationToken(canceled: hurry)));

        world.Time.GetTimestamp().Should().Be(0);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Cancelling_the_run_stops_it_in_order()
    {
        using var cancel = new CancellationTokenSource();
        IController controller = Create(Options with { Workers = 3 }, (key, _) => ValueTask.FromResult(Note(key)));
        Task run = controller.RunAsync(cancel.Token);
        queue.Add("a");
        world.RunUntilIdle();

        cancel.Cancel();
        world.RunUntilIdle();

        run.IsCompletedSuccessfully.Should().BeTrue();
        log.Should().Equal("0 a");
        queue.IsShuttingDown.Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void A_controller_runs_once()
    {
        IController controller = Start(Options, Note);

        FluentActions.Invoking(() => { _ = controller.RunAsync(); }).Should().Throw<InvalidOperationException>();
        Stop(controller);
        Stop(controller);
        FluentActions.Invoking(() => { _ = controller.RunAsync(); }).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void A_controller_stopped_before_its_run_reconciles_nothing_and_leaves_no_timer()
    {
        IController controller = Create(Options, (key, _) => ValueTask.FromResult(Note(key)));
        queue.Add("a");
        Stop(controller);
        world.Time.ActiveTimers.Should().Be(0);

        world.Run(() => controller.RunAsync());

        log.Should().BeEmpty();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void A_callback_that_throws_on_cancellation_does_not_keep_the_controller_from_stopping()
    {
        IController controller = Start(Options with { StopGracePeriod = TimeSpan.Zero }, async (_, token) =>
        {
            using CancellationTokenRegistration registration = token.Register(static () => throw new InvalidOperationException("bad callback"));
            await Task.Delay(TimeSpan.FromHours(1), world.Time, token);
            return ReconcileResult.Done;
        });
        queue.Add("a");
        world.RunUntilIdle();

        Stop(controller);

        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void A_queue_that_breaks_fails_the_run_instead_of_losing_a_worker_silently()
    {
        using var broken = new WorkQueue<string>(new WorkQueueOptions<string> { RateLimiter = new BrokenLimiter() }, world.Runtime);
        IController controller = Controller.Create(broken, new Reconciler((_, _) => throw new InvalidOperationException("fails")), Options with { Workers = 2 }, world.Runtime);
        Task run = controller.RunAsync();
        broken.Add("a");

        world.RunUntilIdle();

        run.Exception!.InnerException.Should().BeOfType<NotSupportedException>();
    }

    [Test]
    public void Options_out_of_range_are_refused()
    {
        ControllerOptions[] wrong =
        [
            Options with { Name = "" },
            Options with { Workers = 0 },
            Options with { FastRetries = -1 },
            Options with { ReconcileTimeout = TimeSpan.Zero },
            Options with { WaitForTimeout = TimeSpan.FromSeconds(-5) },
            Options with { SlowRetryInterval = TimeSpan.Zero },
            Options with { StopGracePeriod = TimeSpan.FromSeconds(-1) },
        ];

        foreach (ControllerOptions options in wrong)
            FluentActions.Invoking(() => Create(options, Note)).Should().Throw<ArgumentException>();

        FluentActions.Invoking(static () => ReconcileResult.RequeueAfter(TimeSpan.FromTicks(-1))).Should().Throw<ArgumentOutOfRangeException>();
    }

    private ReconcileResult Note(string key)
    {
        log.Add($"{TimeSpan.FromTicks(world.Time.GetTimestamp()).TotalMilliseconds} {key}");
        return ReconcileResult.Done;
    }

    private IController Create(ControllerOptions options, Func<string, CancellationToken, ValueTask<ReconcileResult>> reconcile) =>
        Controller.Create(queue, new Reconciler(reconcile), options, world.Runtime);

    private IController Create(ControllerOptions options, Func<string, ReconcileResult> reconcile) =>
        Create(options, (key, _) => ValueTask.FromResult(reconcile(key)));

    private IController Start(ControllerOptions options, Func<string, CancellationToken, ValueTask<ReconcileResult>> reconcile)
    {
        IController controller = Create(options, reconcile);
        controller.RunAsync();
        world.RunUntilIdle();
        return controller;
    }

    private IController Start(ControllerOptions options, Func<string, ReconcileResult> reconcile) =>
        Start(options, (key, _) => ValueTask.FromResult(reconcile(key)));

    private void Stop(IController controller) => world.Run(() => controller.DisposeAsync().AsTask());

    private sealed class Reconciler(Func<string, CancellationToken, ValueTask<ReconcileResult>> reconcile) : IReconciler<string>
    {
        public ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<string> context, CancellationToken cancellationToken) => reconcile(context.Key, cancellationToken);
    }

    private sealed class BrokenLimiter : IRateLimiter<string>
    {
        public TimeSpan When(string key) => throw new NotSupportedException("broken limiter");

        public void Forget(string key)
        {
        }

        public int Retries(string key) => 0;
    }
}
