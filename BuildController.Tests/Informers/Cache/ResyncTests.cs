using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class ResyncTests
{
    [Test]
    public void A_resync_tells_everything_again_as_unchanged_and_asks_the_server_nothing()
    {
        var scene = new CacheScene();
        int resyncs = 0;
        scene.Informer.AddHandler(ResourceEventHandler.Create<Widget>(updated: updated => resyncs += updated.IsResync ? 1 : 100), Every(30));
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1)).Watch();
        scene.Start();
        scene.Handler.Take();

        scene.World.Advance(TimeSpan.FromSeconds(29));
        resyncs.Should().Be(0);
        scene.World.Advance(TimeSpan.FromSeconds(31));

        resyncs.Should().Be(4);
        scene.Handler.Told.Should().BeEmpty("it did not ask for resyncs");
        scene.Server.ListRequests.Should().ContainSingle();
        scene.Stop();
        scene.World.Time.ActiveTimers.Should().Be(0);
    }

    /// <param name="others">The periods of other handlers that are there before the start, in seconds.</param>
    /// <param name="asked">The period of the handler looked at.</param>
    /// <param name="late">Whether it comes after the start.</param>
    /// <param name="expected">When it is told in the first ten seconds.</param>
    [TestCase("", 3, false, "3 6 9")]
    [TestCase("", 0.1, false, "1 2 3 4 5 6 7 8 9 10", Description = "At least a second")]
    [TestCase("", 0, false, "", Description = "Zero is never")]
    [TestCase("5", 2, false, "2 4 6 8 10", Description = "The shortest before the start decides")]
    [TestCase("2", 5, false, "6", Description = "Rounded up to a multiple of the shortest")]
    [TestCase("4", 2, true, "4 8", Description = "Raised after the start")]
    [TestCase("2", 3, true, "4 8", Description = "Rounded up after the start")]
    [TestCase("", 4, true, "4 8", Description = "The first after the start decides where nobody asked before")]
    [TestCase("2", 0, true, "")]
    public void Periods_follow_the_check_period(string others, double asked, bool late, string expected)
    {
        var scene = new CacheScene();
        foreach (string other in others.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            scene.Informer.AddHandler(new RecordingHandler(), Every(int.Parse(other)));
        var seconds = new List<double>();
        DateTimeOffset start = scene.World.Time.GetUtcNow();
        IResourceEventHandler<Widget> handler = ResourceEventHandler.Create<Widget>(updated: _ => seconds.Add((scene.World.Time.GetUtcNow() - start).TotalSeconds));
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        if (late)
            scene.Start();

        scene.Informer.AddHandler(handler, new HandlerOptions { ResyncPeriod = TimeSpan.FromSeconds(asked) });
        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(10));

        string.Join(' ', seconds).Should().Be(expected);
    }

    [Test]
    public void Handlers_that_ask_for_none_have_the_factorys_period()
    {
        var scene = new CacheScene();
        var factory = new SharedInformerFactory(scene.Server, new SharedInformerFactoryOptions { ResyncPeriod = TimeSpan.FromSeconds(4) }, scene.World.Runtime);
        var standard = new RecordingHandler();
        var never = new RecordingHandler();
        factory.For(Widget.Resource).AddHandler(standard);
        factory.For(Widget.Resource).AddHandler(never, new HandlerOptions { ResyncPeriod = TimeSpan.Zero });
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        factory.Start();

        scene.World.Advance(TimeSpan.FromSeconds(9));

        standard.Told.Should().Equal("+i a@1", "~ a@1>1", "~ a@1>1");
        never.Told.Should().Equal("+i a@1");
    }

    [Test]
    public void After_a_disruption_who_does_not_resync_gets_what_changed_and_who_resyncs_gets_all()
    {
        var scene = new CacheScene();
        var resyncing = new RecordingHandler();
        scene.Informer.AddHandler(resyncing, Every(3600));
        scene.Server.List(10, Widget.Of("kept", 1), Widget.Of("changed", 2)).Watch()
            .List(20, Widget.Of("kept", 1), Widget.Of("changed", 12), Widget.Of("new", 13));
        scene.Start();
        scene.Handler.Take();
        resyncing.Take();

        scene.Server.LastWatch.Send(Failed(Expired));
        scene.World.Advance(TimeSpan.FromSeconds(2));

        scene.Handler.Told.Should().Equal("~ changed@2>12", "+ new@13");
        resyncing.Told.Should().Equal("~ kept@1>1", "~ changed@2>12", "+ new@13");
    }

    [Test]
    public void A_resync_overtakes_no_change_and_after_it_shows_the_newest()
    {
        var scene = new CacheScene();
        var handler = new RecordingHandler();
        scene.Informer.AddHandler(handler, Every(1));
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();
        handler.Take();

        // Due while the change is on its way: both are ready when the clock has moved.
        scene.World.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Server.LastWatch.Send(Modified(Widget.Of("a", 11)));
        scene.World.RunUntilIdle();
        scene.World.Advance(TimeSpan.FromSeconds(1));

        handler.Told.Should().EndWith("~ a@11>11").And.ContainSingle(told => told == "~ a@1>11").And.NotContain(told => told.StartsWith("~ a@11>1 "));
        handler.Told.LastIndexOf("~ a@1>1").Should().BeLessThan(handler.Told.IndexOf("~ a@1>11"));
    }

    [Test]
    public void A_resync_transforms_nothing_again_and_tells_the_transformed()
    {
        int transforms = 0;
        var scene = new CacheScene(new InformerOptions<Widget>
        {
            Transform = widget =>
            {
                transforms++;
                return widget with { Data = widget.Data + "!" };
            },
        });
        var data = new List<string>();
        scene.Informer.AddHandler(ResourceEventHandler.Create<Widget>(updated: updated => data.Add(updated.New.Data)), Every(1));
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();

        scene.World.Advance(TimeSpan.FromSeconds(5));

        transforms.Should().Be(1);
        data.Should().Equal("!", "!", "!", "!", "!");
    }

    [Test]
    public void A_late_handler_that_resyncs_waits_a_whole_period_after_its_replay()
    {
        var scene = new CacheScene();
        scene.Informer.AddHandler(new RecordingHandler(), Every(4));
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(3));
        var late = new RecordingHandler();

        scene.Informer.AddHandler(late, Every(4));
        scene.World.Advance(TimeSpan.FromSeconds(4));
        late.Told.Should().Equal("+i a@1");
        scene.World.Advance(TimeSpan.FromSeconds(1));

        late.Told.Should().Equal("+i a@1", "~ a@1>1");
    }

    private static HandlerOptions Every(int seconds) => new() { ResyncPeriod = TimeSpan.FromSeconds(seconds) };
}
