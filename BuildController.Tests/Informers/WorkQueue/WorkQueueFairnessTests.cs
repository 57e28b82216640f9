using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueueFairnessTests
{
    private VirtualWorld world = null!;
    private WorkQueue<ObjectKey> queue = null!;

    [SetUp]
    public void MakeQueue()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<ObjectKey>(new WorkQueueOptions<ObjectKey> { Group = static key => key.Namespace }, world.Runtime);
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [Test]
    public void Groups_are_served_in_turn_and_within_a_group_the_order_of_adding_holds()
    {
        Add("a/1", "a/2", "a/3", "b/1", "c/1", "b/2");

        Take(6).Should().Equal("a/1", "b/1", "c/1", "a/2", "b/2", "a/3");
    }

    [Test]
    public void Who_adds_a_hundred_thousand_keys_does_not_hold_up_who_adds_one()
    {
        for (int i = 0; i < 100_000; i++)
            queue.Add(new ObjectKey("flood", $"{i}"));

        Take(10);
        Add("quiet/1");

        Take(2).Should().Contain("quiet/1");
    }

    [Test]
    public void A_group_that_comes_back_does_not_jump_its_turn()
    {
        Add("a/1", "b/1", "b/2", "b/3");
        Take(1).Should().Equal("a/1");
        Add("a/2");

        Take(4).Should().Equal("b/1", "a/2", "b/2", "b/3");
    }

    [Test]
    public void Priority_comes_before_fairness()
    {
        Add("a/1", "a/2");
        queue.Add(ObjectKey.Parse("b/1"), new AddOptions { Priority = -1 });
        queue.Add(ObjectKey.Parse("a/3"), new AddOptions { Priority = 1 });

        Take(4).Should().Equal("a/3", "a/1", "a/2", "b/1");
    }

    [Test]
    public void A_key_raised_out_of_the_middle_of_its_group_leaves_the_others_in_order()
    {
        Add("a/1", "a/2", "a/3", "b/1");
        queue.Add(ObjectKey.Parse("a/2"), new AddOptions { Priority = 1 });
        queue.Add(ObjectKey.Parse("b/1"), new AddOptions { Priority = 1 });

        Take(4).Should().Equal("a/2", "b/1", "a/1", "a/3");
    }

    [Test]
    public void Groups_that_come_and_go_leave_nothing_behind()
    {
        Warm();
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int i = 0; i < 20_000; i++)
        {
            queue.Add(new ObjectKey($"namespace-{i}", "x"));
            Take(1);
        }

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        grown.Should().BeLessThan(100_000, "twenty thousand names are more than a megabyte");

        void Warm()
        {
            Add("warm/1");
            Take(1);
        }
    }

    [Test]
    public void A_group_function_that_throws_is_heard_by_who_adds_and_breaks_nothing()
    {
        using var picky = new WorkQueue<string>(
            new WorkQueueOptions<string> { Group = static key => key == "bad" ? throw new FormatException("no group") : key }, world.Runtime);
        picky.Invoking(static q => q.Add("bad")).Should().Throw<FormatException>();
        picky.Invoking(static q => q.AddAfter("bad", TimeSpan.FromSeconds(1))).Should().Throw<FormatException>();

        picky.Add("good");

        picky.Count.Should().Be(1);
    }

    private void Add(params string[] keys)
    {
        foreach (string key in keys)
            queue.Add(ObjectKey.Parse(key));
    }

    private string[] Take(int count)
    {
        string[] taken = new string[count];
        for (int i = 0; i < count; i++)
        {
            ObjectKey key = world.Run(() => queue.GetAsync().AsTask()).Key;
            taken[i] = key.ToString();
            queue.Done(key);
        }

        return taken;
    }
}
