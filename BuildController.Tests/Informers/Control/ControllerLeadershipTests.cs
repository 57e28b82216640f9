using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

[TestFixture]
public sealed class ControllerLeadershipTests
{
    private VirtualWorld world = null!;
    private WorkQueue<string> queue = null!;
    private FakeLeadership leadership = null!;
    private List<string> log = null!;

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<string>(new WorkQueueOptions<string>(), world.Runtime);
        leadership = new FakeLeadership();
        log = [];
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [Test]
    public void A_standby_fills_its_queue_and_reconciles_nothing_until_it_leads()
    {
        IController controller = Start((context, _) => Note(context));
        queue.Add("a");
        world.Advance(TimeSpan.FromMinutes(10));
        log.Should().BeEmpty();
        queue.Count.Should().Be(1);

        leadership.Begin();
        world.RunUntilIdle();

        log.Should().Equal("a in term 1");
        Stop(controller);
    }

    [Test]
    public void When_the_term_ends_what_runs_is_cancelled_and_awaited_before_the_term_is_left()
    {
        IController controller = Start(async (context, token) =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromHours(1), world.Time, token);
            }
            finally
            {
                await Task.Delay(TimeSpan.FromSeconds(3), world.Time, CancellationToken.None); // It cleans up.
                log.Add($"left behind by {context.Key}: {leadership.Participants} in the term");
            }

            return ReconcileResult.Done;
        });
        leadership.Begin();
        queue.Add("a");
        world.RunUntilIdle();

        leadership.End();
        world.RunUntilIdle();
        leadership.Participants.Should().Be(1, "its work has not ended");
        world.Advance(TimeSpan.FromSeconds(3));

        log.Should().Equal("left behind by a: 1 in the term");
        leadership.Participants.Should().Be(0);
        Stop(controller);
    }

    [Test]
    public void What_was_interrupted_and_what_came_meanwhile_goes_on_in_the_next_term()
    {
        bool isSlow = true;
        IController controller = Start(async (context, token) =>
        {
            if (isSlow)
                await Task.Delay(TimeSpan.FromHours(1), world.Time, token);

            return await Note(context);
        });
        leadership.Begin();
        queue.Add("interrupted", new AddOptions { Causes = [new WorkCause { Kind = CauseKind.Updated }] });
        queue.Add("waiting");
        world.RunUntilIdle();
        leadership.End();
        world.RunUntilIdle();
        queue.Add("new");
        world.Advance(TimeSpan.FromMinutes(1));
        log.Should().BeEmpty();

        isSlow = false;
        leadership.Begin();
        world.RunUntilIdle();

        log.Should().BeEquivalentTo("waiting in term 2", "interrupted in term 2 because Updated", "new in term 2");
        queue.Retries("interrupted").Should().Be(0, "the end of a term is no failure of the key");
        Stop(controller);
    }

    [Test]
    public void Workers_that_wait_for_a_key_leave_the_term_when_it_ends()
    {
        IController controller = Start((context, _) => Note(context), workers: 3);
        leadership.Begin();
        world.RunUntilIdle();
        leadership.Participants.Should().Be(1);

        leadership.End();
        world.RunUntilIdle();

        leadership.Participants.Should().Be(0);
        Stop(controller);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Terms_may_follow_each_other_often_and_every_key_is_seen()
    {
        IController controller = Start((context, _) => Note(context), workers: 2);
        for (int i = 0; i < 50; i++)
        {
            queue.Add($"{i}");
            leadership.Begin();
            if (i % 3 != 0)
                world.RunUntilIdle();

            leadership.End();
            if (i % 2 == 0)
                world.RunUntilIdle();
        }

        leadership.Begin();
        world.RunUntilIdle();

        log.Select(static line => line.Split(' ')[0]).Distinct().Should().HaveCount(50);
        Stop(controller);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_stop_ends_a_standby_and_a_leader_alike(bool leads)
    {
        IController controller = Start((context, _) => Note(context));
        if (leads)
            leadership.Begin();

        world.RunUntilIdle();
        Stop(controller);

        leadership.Participants.Should().Be(0);
        world.Time.ActiveTimers.Should().Be(0);
    }

    private async ValueTask<ReconcileResult> Note(ReconcileContext<string> context)
    {
        await Task.Yield();
        string why = context.Causes.Count > 0 ? $" because {string.Join(", ", context.Causes)}" : string.Empty;
        log.Add($"{context.Key} in term {context.Term?.Number}{why}");
        return ReconcileResult.Done;
    }

    private IController Start(Func<ReconcileContext<string>, CancellationToken, ValueTask<ReconcileResult>> reconcile, int workers = 1)
    {
        IController controller = Controller.Create(
            queue, new DelegateReconciler<string>(reconcile), new ControllerOptions { Name = "test", Leadership = leadership, Workers = workers }, world.Runtime);
        _ = controller.RunAsync();
        world.RunUntilIdle();
        return controller;
    }

    private void Stop(IController controller) => world.Run(() => controller.DisposeAsync().AsTask());
}
