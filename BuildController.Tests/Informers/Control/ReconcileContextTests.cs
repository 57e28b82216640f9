using System.Diagnostics;
using BuildController.Informers.Control;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

/// <summary>What a reconciler is told, how its results are treated, and what metrics and traces say of it.</summary>
[TestFixture]
public sealed class ReconcileContextTests
{
    private VirtualWorld world = null!;
    private MeterProbe probe = null!;
    private OperatorRuntime runtime = null!;
    private WorkQueue<string> queue = null!;
    private List<ReconcileContext<string>> seen = null!;

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        probe = new MeterProbe();
        runtime = new OperatorRuntime { Time = world.Time, Scheduler = world.Scheduler, MeterFactory = probe };
        queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "test" }, runtime);
        seen = [];
    }

    [TearDown]
    public void Dispose()
    {
        queue.Dispose();
        probe.Dispose();
    }

    [Test]
    public void A_retry_knows_why_the_first_try_was_made_and_how_often_it_failed()
    {
        IController controller = Start(static context => context.Retries < 2 ? throw new InvalidOperationException("not yet") : ReconcileResult.Done);
        queue.Add("a", new AddOptions { Priority = 5, Causes = [new WorkCause { Kind = CauseKind.Added, ResourceVersion = "1" }] });
        world.Advance(TimeSpan.FromMinutes(1));

        seen.Select(static context => context.ToString()).Should().Equal("a (Added@1)", "a (Added@1, Retried)", "a (Added@1, Retried ×2)");
        seen.Select(static context => context.Retries).Should().Equal(0, 1, 2);
        seen.Should().OnlyContain(static context => context.Priority == 5 && context.Controller == "test" && context.Term == null);
        queue.Retries("a").Should().Be(0);
        Stop(controller);
    }

    [Test]
    public void A_visit_that_was_asked_for_says_so()
    {
        IController controller = Start(context => context.Causes.Count == 0 ? ReconcileResult.RequeueAfter(TimeSpan.FromSeconds(9)) : ReconcileResult.Done);
        queue.Add("a");
        world.Advance(TimeSpan.FromMinutes(1));

        seen.Select(static context => context.ToString()).Should().Equal("a", "a (Requeued)");
        Stop(controller);
    }

    [Test]
    public void Errors_may_be_returned_instead_of_thrown()
    {
        IController controller = Start(static context => context switch
        {
            { Key: "terminal" } => ReconcileResult.FailedForGood("malformed"),
            { Retries: 0 } => ReconcileResult.Failed(new InvalidOperationException("not yet")),
            _ => ReconcileResult.Done,
        });
        queue.Add("terminal");
        queue.Add("a");
        world.Advance(TimeSpan.FromHours(1));

        seen.Select(static context => context.Key).Should().Equal("terminal", "a", "a");
        ReconcileResult.FailedForGood("x").IsTerminal.Should().BeTrue();
        ReconcileResult.Failed(new TerminalErrorException("x")).IsTerminal.Should().BeTrue();
        ReconcileResult.Done.Error.Should().BeNull();
        Stop(controller);
    }

    [Test]
    public void Each_result_is_counted_and_timed()
    {
        IController controller = Start(
            async (context, token) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(context.Key == "slow" ? 60 : 2), world.Time, token);
                return context.Key switch
                {
                    "done" => ReconcileResult.Done,
                    "later" when context.Causes.Count == 0 => ReconcileResult.RequeueAfter(TimeSpan.FromDays(1)),
                    "terminal" => throw new TerminalErrorException("no"),
                    _ => throw new InvalidOperationException("broken"),
                };
            },
            new ControllerOptions { Name = "test", Workers = 9, ReconcileTimeout = TimeSpan.FromSeconds(10), FastRetries = 0, SlowRetryInterval = TimeSpan.FromDays(9), StopGracePeriod = TimeSpan.Zero });
        foreach (string key in (string[])["done", "later", "terminal", "broken", "slow"])
            queue.Add(key);

        world.Advance(TimeSpan.FromSeconds(1));
        probe.Observe().Should().Contain("controller_runtime_active_workers{controller=test}", 5).And.Contain("controller_runtime_max_concurrent_reconciles{controller=test}", 9);
        world.Advance(TimeSpan.FromSeconds(20));
        queue.Add("slow");
        world.RunUntilIdle();
        Stop(controller);

        foreach (string result in (string[])["success", "requeue_after", "error", "terminal_error", "timeout", "cancelled"])
            probe.Sum($"controller_runtime_reconcile_total{{controller=test,result={result}}}").Should().Be(1, result);

        probe.Values("controller_runtime_reconcile_time_seconds{controller=test}").Should().Equal(2, 2, 2, 2, 10, 0);
        probe.Observe().Should().NotContainKey("controller_runtime_active_workers{controller=test}");
    }

    [Test]
    public void A_reconciliation_is_a_span_that_goes_on_from_the_wait_and_carries_the_result()
    {
        using var spans = new SpanProbe(ActivityNames.KeyTag, "traced-key");
        Activity? inside = null;
        IController controller = Start(async (context, _) =>
        {
            inside = Activity.Current;
            await Task.Delay(TimeSpan.FromSeconds(4), world.Time, CancellationToken.None);
            return context.Retries == 0 ? throw new InvalidOperationException("broken") : ReconcileResult.Done;
        });
        queue.Add("traced-key");
        world.Advance(TimeSpan.FromSeconds(30));

        Activity[] ended = spans.Ended;
        ended.Select(static span => span.OperationName).Should().Equal(
            ActivityNames.QueueWait, ActivityNames.Reconcile, ActivityNames.QueueWait, ActivityNames.Reconcile);
        ended[1].ParentSpanId.Should().Be(ended[0].SpanId);
        ended[1].Status.Should().Be(ActivityStatusCode.Error);
        ended[1].GetTagItem(ActivityNames.ResultTag).Should().Be("error");
        ended[1].GetTagItem(ActivityNames.ErrorTag).Should().Be("InvalidOperationException");
        ended[1].Duration.Should().Be(TimeSpan.FromSeconds(4));
        ended[2].Links.Single().Context.SpanId.Should().Be(ended[1].SpanId, "the retry was added within the first try");
        ended[2].TraceId.Should().NotBe(ended[0].TraceId);
        ended[3].GetTagItem(ActivityNames.ResultTag).Should().Be("success");
        inside.Should().BeSameAs(ended[3]);
        Stop(controller);
    }

    [Test]
    public void A_controller_started_within_a_span_does_not_live_in_it()
    {
        using var spans = new SpanProbe(ActivityNames.KeyTag, "orphan-key");
        using var around = new Activity("startup");
        around.Start();
        IController controller = Start(static _ => ReconcileResult.Done);
        queue.Add("orphan-key");
        world.RunUntilIdle();

        spans.Ended[1].TraceId.Should().NotBe(around.TraceId);
        spans.Ended[0].Links.Single().Context.SpanId.Should().Be(around.SpanId, "there it was added");
        Stop(controller);
    }

    [Test]
    public void In_a_unit_test_a_context_is_simply_made() =>
        new ReconcileContext<string>("a") { Causes = [new WorkCause { Kind = CauseKind.Updated }], OmittedCauses = 3 }.ToString().Should().Be("a (Updated, 3 more)");

    private IController Start(Func<ReconcileContext<string>, ReconcileResult> reconcile) => Start((context, _) => ValueTask.FromResult(reconcile(context)));

    private IController Start(Func<ReconcileContext<string>, CancellationToken, ValueTask<ReconcileResult>> reconcile, ControllerOptions? options = null)
    {
        IController controller = Controller.Create(
            queue,
            new DelegateReconciler<string>((context, token) =>
            {
                seen.Add(context);
                return reconcile(context, token);
            }),
            options ?? new ControllerOptions { Name = "test" },
            runtime);
        _ = controller.RunAsync();
        world.RunUntilIdle();
        return controller;
    }

    private void Stop(IController controller) => world.Run(() => controller.DisposeAsync().AsTask());
}
