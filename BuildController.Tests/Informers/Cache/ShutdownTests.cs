using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>What a stop leaves behind: nothing that is timed, ready to run or open.</summary>
[TestFixture]
public sealed class ShutdownTests
{
    [TestCase("before the start")]
    [TestCase("late")]
    [TestCase("never started")]
    [TestCase("full")]
    public void A_stop_leaves_no_timer_no_task_and_no_stream(string handlers)
    {
        var scene = new CacheScene(new InformerOptions<Widget> { Namespaces = ["a", "b"] });
        HandlerOptions options = new() { ResyncPeriod = TimeSpan.FromSeconds(7), Delivery = handlers == "full" ? HandlerDelivery.Bounded(1) : HandlerDelivery.CoalescedByKey };
        scene.Server.List(10, Widget.Of("x", 1)).Watch().List(11).Watch();
        if (handlers == "before the start")
            scene.Informer.AddHandler(new RecordingHandler(), options);
        if (handlers != "never started")
            scene.Start();
        if (handlers == "late")
            scene.Informer.AddHandler(new RecordingHandler(), options);
        IAsyncEnumerator<InformerChange<Widget>>? full = handlers == "full" ? scene.Informer.ChangesAsync(options).GetAsyncEnumerator() : null;
        if (full is not null)
            scene.World.Run(async () => await full.MoveNextAsync());
        if (handlers != "never started")
            scene.Server.Watches[0].Send([.. Enumerable.Range(12, 50).Select(version => Modified(Widget.Of("x", version)))]);
        Task waiting = scene.World.Runtime.Start(() => scene.Informer.WaitForAsync("1000"));
        scene.World.Advance(TimeSpan.FromSeconds(30));

        scene.Stop();
        scene.World.RunUntilIdle();

        waiting.IsCanceled.Should().BeTrue();
        scene.World.Time.ActiveTimers.Should().Be(0);
        scene.Server.Watches.Count(watch => watch.Disposals != 1).Should().Be(0);
        long steps = scene.World.Scheduler.Steps;
        scene.Server.Watches.ForEach(watch => watch.Send(Modified(Widget.Of("x", 2000))));
        scene.World.Advance(TimeSpan.FromHours(1));
        scene.World.Scheduler.Steps.Should().Be(steps, "nothing is left that could run");
    }

    [Test]
    public void Handlers_may_be_removed_after_the_stop_and_often()
    {
        var scene = new CacheScene();
        scene.Server.List(10);
        scene.Start();
        scene.Stop();

        scene.World.Run(async () =>
        {
            await scene.Registration.DisposeAsync();
            await scene.Registration.DisposeAsync();
        });

        scene.Registration.HasSynced.Should().BeTrue();
    }

    [Test]
    public void Removing_a_handler_of_one_informer_leaves_another_informers_alone()
    {
        var scene = new CacheScene();
        var other = new RecordingHandler();
        scene.Factory.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "ns" }).AddHandler(other);
        scene.Server.List(10, Widget.Of("a", 1)).Watch().List(10, Widget.Of("a", 1)).Watch();
        scene.Start();

        scene.World.Run(async () => await scene.Registration.DisposeAsync());
        scene.Server.Watches.ForEach(watch => watch.Send(Modified(Widget.Of("a", 11))));
        scene.World.RunUntilIdle();

        other.Told.Should().Equal("+i a@1", "~ a@1>11");
        scene.Handler.Told.Should().Equal("+i a@1");
        scene.Stop();
    }
}
