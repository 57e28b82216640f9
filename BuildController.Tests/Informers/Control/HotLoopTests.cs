using BuildController.Informers.Control;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using BuildController.Tests.Informers.Cache;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

[TestFixture]
public sealed class HotLoopTests
{
    private static readonly ControllerOptions Options = new() { Name = "test", HotLoopBurst = 10, HotLoopInterval = TimeSpan.FromSeconds(1) };

    private VirtualWorld world = null!;
    private MeterProbe probe = null!;
    private CapturingLoggerFactory logs = null!;
    private OperatorRuntime runtime = null!;
    private WorkQueue<string> queue = null!;
    private Dictionary<string, List<double>> visits = null!;

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        probe = new MeterProbe();
        logs = new CapturingLoggerFactory();
        runtime = new OperatorRuntime { Time = world.Time, Scheduler = world.Scheduler, MeterFactory = probe, LoggerFactory = logs };
        queue = new WorkQueue<string>(new WorkQueueOptions<string>(), runtime);
        visits = [];
    }

    [TearDown]
    public void Dispose()
    {
        queue.Dispose();
        probe.Dispose();
        logs.Dispose();
    }

    [Test]
    public void A_key_that_wakes_itself_up_is_let_through_at_the_interval_and_holds_up_no_other()
    {
        IController controller = Start(context =>
        {
            Note(context);
            if (context.Key == "hot")
                queue.Add("hot");

            return ReconcileResult.Done;
        });
        queue.Add("hot");
        world.Advance(TimeSpan.FromSeconds(5));
        queue.Add("cold");
        world.RunUntilIdle();

        visits["hot"].Should().Equal(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5);
        visits["cold"].Should().Equal(5);
        probe.Sum("controller_deferred_reconciles_total{controller=test}").Should().BeGreaterThan(4);
        logs.Entries.Count(static entry => entry.Message.Contains("more than 10 times in a row", StringComparison.Ordinal)).Should().Be(1, "one line for one loop");
        Stop(controller);
    }

    [Test]
    public void Requeueing_at_once_for_ever_is_a_hot_loop_too()
    {
        IController controller = Start(context =>
        {
            Note(context);
            return ReconcileResult.RequeueAfter(TimeSpan.Zero);
        });
        queue.Add("hot");

        world.Advance(TimeSpan.FromSeconds(3));

        visits["hot"].Should().HaveCount(13);
        Stop(controller);
    }

    [Test]
    public void A_key_put_off_is_never_dropped_and_keeps_its_reasons()
    {
        ReconcileContext<string>? last = null;
        IController controller = Start(context =>
        {
            Note(context);
            last = context;
            return ReconcileResult.Done;
        });
        for (int i = 0; i < 10; i++)
        {
            queue.Add("a");
            world.RunUntilIdle();
        }

        for (int i = 1; i <= 5; i++)
        {
            queue.Add("a", new AddOptions { Causes = [new WorkCause { Kind = CauseKind.Updated, ResourceVersion = $"{i}" }], Priority = 4 });
            world.RunUntilIdle();
        }

        visits["a"].Should().HaveCount(10);
        world.Advance(TimeSpan.FromSeconds(1));

        visits["a"].Should().HaveCount(11);
        last!.Causes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Kind = CauseKind.Updated, ResourceVersion = "5", Count = 5 });
        last.Priority.Should().Be(4);
        world.Advance(TimeSpan.FromHours(1));
        visits["a"].Should().HaveCount(11);
        Stop(controller);
    }

    [Test]
    public void A_key_that_rests_earns_its_burst_again()
    {
        IController controller = Start(Note);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                queue.Add("a");
                world.RunUntilIdle();
            }

            visits["a"].Should().HaveCount(10 * (round + 1));
            world.Advance(TimeSpan.FromSeconds(10));
        }

        probe.Sum("controller_deferred_reconciles_total{controller=test}").Should().Be(0);
        Stop(controller);
    }

    [Test]
    public void Without_the_protection_nothing_is_put_off()
    {
        int left = 1000;
        IController controller = Start(context =>
        {
            Note(context);
            return --left > 0 ? ReconcileResult.RequeueAfter(TimeSpan.Zero) : ReconcileResult.Done;
        }, Options with { HotLoopBurst = null });
        queue.Add("a");

        world.RunUntilIdle();

        visits["a"].Should().HaveCount(1000);
        Stop(controller);
    }

    private ReconcileResult Note(ReconcileContext<string> context)
    {
        if (!visits.TryGetValue(context.Key, out List<double>? times))
            visits.Add(context.Key, times = []);

        times.Add(TimeSpan.FromTicks(world.Time.GetTimestamp()).TotalSeconds);
        return ReconcileResult.Done;
    }

    private IController Start(Func<ReconcileContext<string>, ReconcileResult> reconcile, ControllerOptions? options = null)
    {
        IController controller = Controller.Create(
            queue, new DelegateReconciler<string>((context, _) => ValueTask.FromResult(reconcile(context))), options ?? Options, runtime);
        _ = controller.RunAsync();
        world.RunUntilIdle();
        return controller;
    }

    private void Stop(IController controller) => world.Run(() => controller.DisposeAsync().AsTask());
}
