using BuildController.Informers.Cache;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DeltaFifoTests
{
    private readonly DeltaFifo<Widget> queue = new();
    private readonly VirtualWorld world = new();

    [Test]
    public void Deltas_come_out_in_the_order_of_their_arrival_across_keys_and_none_is_merged()
    {
        world.Run(async () =>
        {
            foreach ((string name, int version) in new[] { ("a", 1), ("b", 2), ("a", 3), ("a", 4), ("b", 5) })
                await queue.AddAsync(Delta<Widget>.Upserted(Widget.Of(name, version), ""), default);
        });

        Pop().Should().Equal("a@1", "b@2", "a@3", "a@4", "b@5");
    }

    [Test]
    public void A_full_queue_holds_up_the_writer_until_the_consumer_has_taken_something()
    {
        Task writing = world.Runtime.Start(async () =>
        {
            for (int i = 0; i <= DeltaFifo<Widget>.Capacity; i++)
                await queue.AddAsync(Delta<Widget>.Upserted(Widget.Of("a", i), ""), default);
        });
        world.RunUntilIdle();
        writing.IsCompleted.Should().BeFalse();

        Pop().Should().HaveCount(DeltaFifo<Widget>.Capacity);
        world.RunUntilIdle();

        writing.IsCompletedSuccessfully.Should().BeTrue();
        Pop().Should().Equal($"a@{DeltaFifo<Widget>.Capacity}");
    }

    [Test]
    public void Closing_wakes_the_consumer()
    {
        bool? popped = null;
        world.Runtime.Start(async () => popped = await queue.WaitAsync());
        world.RunUntilIdle();
        popped.Should().BeNull();

        queue.Close();
        world.RunUntilIdle();

        popped.Should().BeFalse();
    }

    private List<string> Pop()
    {
        var batch = new List<Delta<Widget>>();
        queue.PopBatch(batch);
        return batch.Select(delta => delta.Object!.ToString()).ToList();
    }

}
