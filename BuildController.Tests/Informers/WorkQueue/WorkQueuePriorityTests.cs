using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueuePriorityTests
{
    private VirtualWorld world = null!;
    private WorkQueue<string> queue = null!;

    [SetUp]
    public void MakeQueue()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<string>(new WorkQueueOptions<string> { LowPriorityShare = 5 }, world.Runtime);
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [Test]
    public void Higher_priorities_come_first_and_within_one_the_order_of_adding_holds()
    {
        Add("low 1", -100);
        Add("normal 1", 0);
        Add("high 1", 7);
        Add("low 2", -100);
        Add("high 2", 7);

        Take(4).Should().Equal("high 1", "high 2", "normal 1", "low 1");
    }

    [Test]
    public void A_key_added_with_several_priorities_has_the_highest_and_comes_last_among_those()
    {
        Add("a", -100);
        Add("b", -100);
        Add("c", 0);
        Add("b", 0);
        Add("b", -100);

        Take(3).Should().Equal("c", "b", "a");
        queue.Count.Should().Be(0);
    }

    [Test]
    public void A_key_that_a_worker_has_comes_back_with_the_highest_priority_of_its_adds_since()
    {
        Add("a", 50);
        string taken = TakeWithoutDone();
        Add(taken, -100);
        Add(taken, -50);
        Add("other", -70);
        queue.Done(taken);

        WorkItem<string> item = Get();

        item.Key.Should().Be("a");
        item.Priority.Should().Be(-50, "what it was taken with before is over");
    }

    [Test]
    public void A_delayed_key_has_the_earliest_time_and_the_highest_priority_that_it_was_given()
    {
        queue.Add("a", new AddOptions { After = TimeSpan.FromSeconds(1), Priority = -5 });
        queue.Add("a", new AddOptions { After = TimeSpan.FromSeconds(9), Priority = 3 });
        world.Advance(TimeSpan.FromSeconds(1));

        Get().Priority.Should().Be(3);
    }

    [Test]
    public void Of_a_delay_and_a_rate_limit_together_the_shorter_wait_counts()
    {
        for (int i = 0; i < 10; i++)
            queue.AddRateLimited("failing"); // Now at 2.56 s.

        queue.Add("x", new AddOptions { IsRateLimited = true, After = TimeSpan.FromMilliseconds(3) });
        world.Advance(TimeSpan.FromMilliseconds(3));
        Take(1).Should().Equal("x");

        queue.Add("x", new AddOptions { IsRateLimited = true, After = TimeSpan.FromHours(3) });
        world.Advance(TimeSpan.FromMilliseconds(12));
        Take(2).Should().Equal("failing", "x");
    }

    [Test]
    public void While_higher_keys_never_end_each_lower_priority_gets_its_share_in_turn()
    {
        for (int i = 0; i < 4; i++)
        {
            Add($"low {i}", -100);
            Add($"lowest {i}", -200);
        }

        var came = new List<string>();
        for (int i = 0; i < 40; i++)
        {
            Add($"live {i}", 0);
            Add($"live too {i}", 0);
            came.Add(Take(1)[0]);
        }

        came.Where(static key => key.StartsWith("low", StringComparison.Ordinal))
            .Should().Equal("low 0", "lowest 0", "low 1", "lowest 1", "low 2", "lowest 2", "low 3", "lowest 3");
        came.FindIndex(static key => key == "low 0").Should().Be(4, "one in five is of a lower priority");
        came.FindIndex(static key => key == "lowest 3").Should().Be(39);
    }

    [Test]
    public void Any_number_of_priorities_may_be_used_and_none_is_kept()
    {
        for (int i = 0; i < 3000; i++)
            Add($"{i}", i);

        queue.Count.Should().Be(3000);
        string[] all = Take(3000);

        all.Should().OnlyHaveUniqueItems();
        all[..4].Should().Equal("2999", "2998", "2997", "2996");
        queue.Count.Should().Be(0);
    }

    [Test]
    public void A_share_of_less_than_two_is_refused() =>
        FluentActions.Invoking(() => new WorkQueue<string>(new WorkQueueOptions<string> { LowPriorityShare = 1 }, world.Runtime))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*LowPriorityShare*");

    private void Add(string key, int priority) => queue.Add(key, new AddOptions { Priority = priority });

    private WorkItem<string> Get() => world.Run(() => queue.GetAsync().AsTask());

    private string TakeWithoutDone() => Get().Key;

    private string[] Take(int count)
    {
        string[] taken = new string[count];
        for (int i = 0; i < count; i++)
            queue.Done(taken[i] = Get().Key);

        return taken;
    }
}
