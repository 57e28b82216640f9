using BuildController.Informers.Cache;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache.Conformance;

/// <summary>What every handler's queue does, whatever its policy. Each kind inherits it.</summary>
public abstract class HandlerQueueContract
{
    private VirtualWorld world = null!;
    private HandlerQueue<Widget> queue = null!;

    [SetUp]
    public void Make()
    {
        world = new VirtualWorld();
        queue = HandlerQueue<Widget>.Create(Delivery, Widget.Resource);
    }

    protected abstract HandlerDelivery Delivery { get; }

    [Test]
    public void Changes_of_different_objects_come_out_in_their_order()
    {
        foreach (string name in new[] { "c", "a", "b" })
            Add(name).Should().BeTrue();

        queue.Count.Should().Be(3);
        Drain().Should().Equal("c", "a", "b");
        queue.Count.Should().Be(0);
    }

    [Test]
    public void A_reader_waits_until_something_comes()
    {
        Task<bool> reading = Start(() => queue.WaitToTakeAsync(default));
        reading.IsCompleted.Should().BeFalse();

        Add("a");
        world.RunUntilIdle();

        reading.Result.Should().BeTrue();
        Drain().Should().Equal("a");
        Start(() => queue.WaitToTakeAsync(default)).IsCompleted.Should().BeFalse("it is empty again");
    }

    [Test]
    public void Closing_ends_the_reader_that_waits_and_takes_nothing_more()
    {
        Task<bool> reading = Start(() => queue.WaitToTakeAsync(default));

        queue.Close();
        queue.Close();
        world.RunUntilIdle();

        reading.Result.Should().BeFalse();
        Add("a").Should().BeFalse();
        Start(() => queue.WaitToAddAsync(default)).Result.Should().BeFalse("nobody is to wait for room that never comes");
    }

    [Test]
    public void The_readers_token_ends_its_waiting()
    {
        using var cancel = new CancellationTokenSource();
        Task<bool> reading = Start(() => queue.WaitToTakeAsync(cancel.Token));

        cancel.Cancel();
        world.RunUntilIdle();

        reading.IsCanceled.Should().BeTrue();
    }

    [Test]
    public void That_all_has_been_told_keeps_its_place()
    {
        Add("a");
        queue.TryAdd(new HandlerItem<Widget>(new Notification<Widget>(NotificationType.Synced), 0));
        Add("b");

        Drain().Should().Equal("a", "", "b");
    }

    private bool Add(string name) => queue.TryAdd(new HandlerItem<Widget>(new Notification<Widget>(NotificationType.Added, Widget.Of(name, 1)), 0));

    private List<string> Drain()
    {
        var names = new List<string>();
        while (queue.TryTake(out HandlerItem<Widget> item))
            names.Add(item.Fact.Object?.Name ?? "");

        return names;
    }

    private Task<bool> Start(Func<ValueTask<bool>> work)
    {
        var result = new TaskCompletionSource<bool>();
        world.Runtime.Start(async () =>
        {
            try
            {
                result.SetResult(await work());
            }
            catch (OperationCanceledException)
            {
                result.SetCanceled();
            }
        });
        world.RunUntilIdle();
        return result.Task;
    }
}

[TestFixture]
public sealed class UnboundedHandlerQueueTests : HandlerQueueContract
{
    protected override HandlerDelivery Delivery => HandlerDelivery.Unbounded;
}

[TestFixture]
public sealed class BoundedHandlerQueueTests : HandlerQueueContract
{
    protected override HandlerDelivery Delivery => HandlerDelivery.Bounded(3);
}

[TestFixture]
public sealed class CoalescedHandlerQueueTests : HandlerQueueContract
{
    protected override HandlerDelivery Delivery => HandlerDelivery.CoalescedByKey;
}
