using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>What happens when one who listens is slower than the changes come. An enumeration is as slow as a test wants.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HandlerDeliveryTests
{
    private readonly CacheScene scene = new();

    [Test]
    public void Unbounded_nobody_waits_for_a_slow_reader_and_it_gets_every_change()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.Unbounded);

        for (int version = 11; version <= 3000; version++)
            Send(Modified(Widget.Of("a", version)));

        scene.Stored.Should().Equal("a@3000");
        scene.Handler.Told.Should().HaveCount(2991);
        Read(slow, 2990).Should().HaveElementAt(0, "Updated a@11").And.HaveElementAt(2989, "Updated a@3000");
    }

    [Test]
    public void Bounded_a_full_buffer_holds_up_the_store_and_all_handlers_and_loses_nothing()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.Bounded(2));
        scene.Handler.Take();

        for (int version = 11; version <= 16; version++)
            Send(Modified(Widget.Of("a", version)));

        scene.Stored.Should().Equal("a@13");
        scene.Handler.Told.Should().Equal("~ a@1>11", "~ a@11>12", "~ a@12>13");
        Read(slow, 6).Should().Equal("Updated a@11", "Updated a@12", "Updated a@13", "Updated a@14", "Updated a@15", "Updated a@16");
        scene.Stored.Should().Equal("a@16");
        scene.Handler.Told.Should().HaveCount(6);
    }

    [Test]
    public void Bounded_what_was_in_the_store_takes_no_room()
    {
        scene.Server.List(10, [.. Enumerable.Range(0, 100).Select(i => Widget.Of($"w{i}", 1))]).Watch();
        scene.Start();

        IAsyncEnumerator<InformerChange<Widget>> slow = scene.Informer.ChangesAsync(new HandlerOptions { Delivery = HandlerDelivery.Bounded(1) }).GetAsyncEnumerator();

        Read(slow, 101).Should().HaveElementAt(100, "Synced ");
    }

    [Test]
    public void Bounded_a_stop_ends_the_informer_that_waits_for_a_full_buffer()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.Bounded(1));
        for (int version = 11; version <= 15; version++)
            Send(Modified(Widget.Of("a", version)));

        scene.Stop();

        scene.Stored.Should().Equal("a@12");
        scene.World.Run(async () => (await slow.MoveNextAsync()).Should().BeFalse("the informer has stopped"));
    }

    [Test]
    public void Bounded_removing_the_slow_one_lets_all_others_go_on()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.Bounded(1));
        for (int version = 11; version <= 15; version++)
            Send(Modified(Widget.Of("a", version)));

        scene.World.Run(async () => await slow.DisposeAsync());
        scene.World.RunUntilIdle();

        scene.Stored.Should().Equal("a@15");
    }

    [Test]
    public void Coalesced_a_key_waits_once_at_the_place_of_its_first_change_and_its_newest_state_is_told()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.CoalescedByKey);

        Send(Added(Widget.Of("b", 11)));
        Send(Modified(Widget.Of("a", 12)));
        Send(Added(Widget.Of("c", 13)));
        Send(Modified(Widget.Of("b", 14)));
        Send(Modified(Widget.Of("a", 15)));

        Read(slow, 3).Should().Equal("Added b@14", "Updated a@15", "Added c@13");
        scene.Stored.Should().Equal("a@15", "b@14", "c@13");
    }

    [Test]
    public void Coalesced_an_update_spans_what_was_told_last_and_what_is_now()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.CoalescedByKey);
        Send(Modified(Widget.Of("a", 11)), Modified(Widget.Of("a", 12)), Modified(Widget.Of("a", 13)));

        InformerChange<Widget> change = Next(slow);

        change.Old!.Version.Should().Be("1");
        change.Object.Version.Should().Be("13");
    }

    [Test]
    public void Coalesced_a_thousand_changes_of_one_object_take_the_room_of_one()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.CoalescedByKey);
        for (int version = 11; version <= 1010; version++)
            Send(Modified(Widget.Of("a", version)));
        Send(Added(Widget.Of("end", 2000)));

        Read(slow, 2).Should().Equal("Updated a@1010", "Added end@2000");
    }

    [Test]
    public void Coalesced_an_object_that_the_reader_knows_is_told_as_deleted_whatever_came_after()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = Listen(HandlerDelivery.CoalescedByKey);

        Send(Modified(Widget.Of("a", 11)), Deleted(Widget.Of("a", 12)), Added(Widget.Of("a", 13, uid: "second")), Modified(Widget.Of("a", 14, uid: "second")));

        Read(slow, 2).Should().Equal("Deleted a@12", "Added a@14");
    }

    [Test]
    public void A_key_handler_may_coalesce_too()
    {
        var keys = new List<string>();
        scene.Informer.AddKeyHandler(key => keys.Add(key.Name), new HandlerOptions { Delivery = HandlerDelivery.CoalescedByKey });
        scene.Server.List(10, Widget.Of("a", 1)).Watch(Modified(Widget.Of("a", 11)), Modified(Widget.Of("a", 12)), Added(Widget.Of("b", 13)));

        scene.Start();

        keys.Should().Equal("a", "b");
    }

    [Test]
    public void No_room_at_all_is_refused() =>
        FluentActions.Invoking(() => HandlerDelivery.Bounded(0)).Should().Throw<ArgumentOutOfRangeException>();

    private IAsyncEnumerator<InformerChange<Widget>> Listen(HandlerDelivery delivery)
    {
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();
        IAsyncEnumerator<InformerChange<Widget>> changes = scene.Informer.ChangesAsync(new HandlerOptions { Delivery = delivery }).GetAsyncEnumerator();
        Read(changes, 2).Should().Equal("Added a@1", "Synced ");
        return changes;
    }

    private void Send(params BuildController.Informers.Api.WatchEvent<Widget>[] events)
    {
        scene.Server.LastWatch.Send(events);
        scene.World.RunUntilIdle();
    }

    private InformerChange<Widget> Next(IAsyncEnumerator<InformerChange<Widget>> changes)
    {
        scene.World.Run(async () => (await changes.MoveNextAsync()).Should().BeTrue());
        return changes.Current;
    }

    private List<string> Read(IAsyncEnumerator<InformerChange<Widget>> changes, int count)
    {
        List<string> read = [.. Enumerable.Range(0, count).Select(_ => Next(changes).ToString())];
        scene.World.RunUntilIdle();
        return read;
    }
}
