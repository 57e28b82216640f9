using BuildController.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class SharedInformerTests
{
    [Test]
    public void It_has_synced_only_when_the_last_page_is_in_the_store()
    {
        var scene = new CacheScene();
        scene.Server.Page(10, "more", Widget.Of("a", 1));
        scene.Start();

        scene.Informer.HasSynced.Should().BeFalse();
        scene.Informer.Indexer.Count.Should().Be(0);
        scene.Registration.HasSynced.Should().BeFalse();
        scene.Stop();
    }

    [Test]
    public void An_empty_list_syncs_at_once()
    {
        var scene = new CacheScene();
        scene.Server.List(10);

        scene.Start();

        scene.Informer.HasSynced.Should().BeTrue();
        scene.Registration.HasSynced.Should().BeTrue();
    }

    [Test]
    public void The_store_is_synced_before_handlers_have_been_told_and_a_handler_is_synced_only_after()
    {
        var scene = new CacheScene();
        List<(bool Informer, bool Handler)> seen = [];
        scene.Handler.Before = _ => seen.Add((scene.Informer.HasSynced, scene.Registration.HasSynced));
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1));

        scene.Start();

        seen.Should().Equal((true, false), (true, false));
        scene.Registration.HasSynced.Should().BeTrue();
        scene.World.Run(() => scene.Registration.WaitForSyncAsync());
    }

    [Test]
    public void A_handler_finds_in_the_store_what_it_is_told()
    {
        var scene = new CacheScene();
        List<string?> found = [];
        scene.Handler.Before = told => found.Add(scene.Informer.Indexer.Find(new("ns", told[^3..^2]))?.Version);
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();

        scene.Server.LastWatch.Send(Added(Widget.Of("b", 2)));
        scene.World.RunUntilIdle();
        scene.Server.LastWatch.Send(Deleted(Widget.Of("b", 3)));
        scene.World.RunUntilIdle();

        found.Should().Equal("1", "2", null);
    }

    [Test]
    public void After_a_disruption_only_what_changed_is_told()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("kept", 1), Widget.Of("changed", 2)).Watch(Failed(Expired))
            .List(20, Widget.Of("kept", 1), Widget.Of("changed", 12), Widget.Of("new", 13));

        scene.Start();
        scene.Handler.Take();
        scene.World.Advance(TimeSpan.FromSeconds(2));

        scene.Handler.Told.Should().Equal("~ changed@2>12", "+ new@13");
    }

    [Test]
    public void A_late_handler_is_told_of_the_store_first_then_of_every_change_without_gap_or_overlap()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1)).Watch(Modified(Widget.Of("a", 11)));
        scene.Start();
        var late = new RecordingHandler();

        scene.Server.LastWatch.Send(Modified(Widget.Of("a", 12)));
        IHandlerRegistration registration = scene.Informer.AddHandler(late);
        registration.HasSynced.Should().BeFalse("it has not been called yet");
        scene.Server.LastWatch.Send(Deleted(Widget.Of("b", 13)), Added(Widget.Of("c", 14)));
        scene.World.RunUntilIdle();

        late.Told.Take(2).Should().BeEquivalentTo("+i a@11", "+i b@1");
        late.Told.Skip(2).Should().Equal("~ a@11>12", "- b@13", "+ c@14");
        registration.HasSynced.Should().BeTrue();
    }

    [Test]
    public void Handlers_added_at_every_step_of_a_run_all_arrive_at_the_same_state()
    {
        var scene = new CacheScene();
        scene.Server.List(10, [.. Enumerable.Range(0, 20).Select(i => Widget.Of($"w{i}", 1))]).Watch();
        scene.Factory.Start();
        var mirrors = new List<Dictionary<string, string>>();
        for (int version = 11; version < 300; version++)
        {
            string name = $"w{version * 7 % 30}";
            if (scene.Server.Watches.Count > 0)
            {
                scene.Server.LastWatch.Send(version % 3 == 0 ? Deleted(Widget.Of(name, version)) : Modified(Widget.Of(name, version)));
            }

            var mirror = new Dictionary<string, string>();
            mirrors.Add(mirror);
            scene.Informer.AddHandler(ResourceEventHandler.Create<Widget>(
                added => mirror.Add(added.Object.Name, added.Object.Version),
                updated =>
                {
                    mirror[updated.Old.Name].Should().Be(updated.Old.Version, "an update starts from what was told last");
                    mirror[updated.New.Name] = updated.New.Version;
                },
                deleted => mirror.Remove(deleted.LastKnown.Name).Should().BeTrue("only what was told can go")));
            for (int steps = version % 5; steps > 0; steps--)
                scene.World.Scheduler.RunOne();
        }

        scene.World.RunUntilIdle();

        Dictionary<string, string> expected = scene.Informer.Indexer.List().ToDictionary(widget => widget.Name, widget => widget.Version);
        expected.Should().NotBeEmpty();
        mirrors.Should().HaveCount(289).And.AllSatisfy(mirror => mirror.Should().BeEquivalentTo(expected));
        scene.Stop();
    }

    [Test]
    public void A_handler_that_throws_is_logged_and_counted_and_holds_up_neither_itself_nor_others_nor_its_sync()
    {
        var loggers = new CapturingLoggerFactory();
        var scene = new CacheScene(loggers: loggers);
        var other = new RecordingHandler();
        scene.Informer.AddHandler(other);
        scene.Handler.Before = told => _ = told.Contains("good") ? 0 : throw new OperationCanceledException("mine");
        scene.Server.List(10, Widget.Of("bad", 1), Widget.Of("good", 1)).Watch(Modified(Widget.Of("bad", 11)), Modified(Widget.Of("good", 12)));

        scene.Start();

        scene.Handler.Told.Should().Equal("+i good@1", "~ good@1>12");
        other.Told.Should().Equal("+i bad@1", "+i good@1", "~ bad@1>11", "~ good@1>12");
        scene.Registration.Failures.Should().Be(2);
        scene.Registration.HasSynced.Should().BeTrue();
        loggers.Entries.Where(entry => entry.Level == LogLevel.Error).Should().HaveCount(2).And.OnlyContain(entry => entry.Message.Contains("ns/bad"));
    }

    [Test]
    public void A_removed_handler_hears_nothing_more_not_even_what_waited_for_it()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();
        scene.Handler.Take();

        scene.Server.LastWatch.Send(Modified(Widget.Of("a", 11)));
        while (!scene.Stored.Contains("a@11"))
            scene.World.Scheduler.RunOne().Should().BeTrue();

        // In the store, and in the handler's buffer, but not told yet. The removal begins before its pump runs again.
        _ = scene.Registration.DisposeAsync().AsTask();
        scene.World.Run(async () =>
        {
            scene.Server.LastWatch.Send(Modified(Widget.Of("a", 12)));
            await scene.Registration.DisposeAsync();
        });

        scene.Handler.Told.Should().BeEmpty();
        scene.Stored.Should().Equal("a@12");
    }

    [Test]
    public void A_handler_may_remove_itself_in_its_own_call_and_hears_nothing_more()
    {
        var scene = new CacheScene();
        ValueTask removal = default;
        bool returned = false;
        scene.Handler.Before = _ =>
        {
            removal = scene.Registration.DisposeAsync();
            returned = removal.IsCompleted;
        };
        scene.Server.List(10, Widget.Of("a", 1), Widget.Of("b", 1));

        scene.Start();

        returned.Should().BeTrue("waiting for itself it would wait for ever");
        scene.Handler.Told.Should().Equal("+i a@1");
        scene.World.Run(async () => await scene.Registration.DisposeAsync());
        scene.Stop();
    }

    [Test]
    public void A_handler_removed_before_it_synced_ends_the_waiting()
    {
        var scene = new CacheScene();
        Task waiting = scene.World.Runtime.Start(() => scene.Registration.WaitForSyncAsync());

        scene.World.Run(async () => await scene.Registration.DisposeAsync());

        scene.World.Run(async () => await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>());
        scene.Registration.HasSynced.Should().BeFalse();
    }

    [Test]
    public void A_handler_added_twice_is_called_twice_and_removed_once_it_is_called_once()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        IHandlerRegistration second = scene.Informer.AddHandler(scene.Handler);
        scene.Start();
        scene.Handler.Take().Should().Equal("+i a@1", "+i a@1");

        scene.World.Run(async () => await second.DisposeAsync());
        scene.Server.LastWatch.Send(Modified(Widget.Of("a", 11)));
        scene.World.RunUntilIdle();

        scene.Handler.Told.Should().Equal("~ a@1>11");
    }

    [Test]
    public void A_key_handler_hears_the_key_of_every_event()
    {
        var scene = new CacheScene();
        var keys = new List<string>();
        scene.Informer.AddKeyHandler(key => keys.Add(key.ToString()));
        scene.Server.List(10, Widget.Of("a", 1)).Watch(Modified(Widget.Of("a", 11)), Deleted(Widget.Of("a", 12)), Added(Widget.Of("b", 13)));

        scene.Start();

        keys.Should().Equal("ns/a", "ns/a", "ns/a", "ns/b");
    }

    [Test]
    public void After_the_stop_handlers_are_refused_and_the_store_stays_readable()
    {
        var scene = new CacheScene();
        scene.Server.List(10, Widget.Of("a", 1));
        scene.Start();

        scene.Stop();

        scene.Informer.Invoking(informer => informer.AddHandler(scene.Handler)).Should().Throw<ObjectDisposedException>();
        scene.Stored.Should().Equal("a@1");
        scene.World.Run(async () => await scene.Registration.DisposeAsync());
    }
}
