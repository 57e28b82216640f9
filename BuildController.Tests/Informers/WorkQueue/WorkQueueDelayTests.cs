using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueueDelayTests
{
    private VirtualWorld world = null!;
    private WorkQueue<string> queue = null!;

    [SetUp]
    public void MakeQueue()
    {
        world = new VirtualWorld();
        queue = new WorkQueue<string>(new WorkQueueOptions<string>(), world.Runtime);
    }

    [TearDown]
    public void DisposeQueue() => queue.Dispose();

    [Test]
    public void A_delayed_key_comes_when_its_time_has_come_and_not_before()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(50));

        world.Advance(TimeSpan.FromSeconds(49.999));
        queue.Count.Should().Be(0);
        world.Advance(TimeSpan.FromSeconds(0.001));

        queue.Count.Should().Be(1);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void A_delay_that_is_not_positive_is_none(int seconds)
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(seconds));

        queue.Count.Should().Be(1);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [TestCase(1, 5)]
    [TestCase(5, 1)]
    public void Of_two_delays_the_earlier_wins_in_both_orders_and_fires_once(int first, int second)
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(first));
        queue.AddAfter("a", TimeSpan.FromSeconds(second));

        world.Advance(TimeSpan.FromSeconds(1));
        TakeAll().Should().Equal("a");
        world.Advance(TimeSpan.FromHours(1));

        TakeAll().Should().BeEmpty();
    }

    [Test]
    public void A_key_added_later_for_an_earlier_time_comes_first()
    {
        queue.AddAfter("late", TimeSpan.FromSeconds(10));
        queue.AddAfter("early", TimeSpan.FromSeconds(1));

        world.Advance(TimeSpan.FromSeconds(1));
        TakeAll().Should().Equal("early");
        world.Advance(TimeSpan.FromSeconds(9));

        TakeAll().Should().Equal("late");
    }

    [Test]
    public void One_big_jump_of_the_clock_yields_the_order_of_times()
    {
        var clock = new LateClock();
        using var late = new WorkQueue<int>(new WorkQueueOptions<int>(), new OperatorRuntime { Time = clock });
        int[] seconds = [7, 3, 9, 1, 5, 8, 2, 6, 4, 4000];
        foreach (int second in seconds)
            late.AddAfter(second, TimeSpan.FromSeconds(second));

        clock.Elapsed = TimeSpan.FromHours(1);
        clock.Fire!();

        late.Count.Should().Be(9);
        Enumerable.Range(0, 9).Select(_ => late.GetAsync().AsTask().Result.Key).Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9);
        clock.SetTo.Should().Be(TimeSpan.FromSeconds(400));
    }

    [Test]
    public void A_timer_that_fires_early_is_set_again()
    {
        var clock = new LateClock();
        using var early = new WorkQueue<int>(new WorkQueueOptions<int>(), new OperatorRuntime { Time = clock });
        early.AddAfter(1, TimeSpan.FromSeconds(10));

        clock.Elapsed = TimeSpan.FromSeconds(9.9995);
        clock.Fire!();

        early.Count.Should().Be(0);
        clock.SetTo.Should().Be(TimeSpan.FromMilliseconds(1), "a timer of half a millisecond would fire at once, again and again");
    }

    [Test]
    public void Keys_due_at_one_time_come_in_the_order_in_which_they_were_added()
    {
        for (int i = 0; i < 20; i++)
            queue.AddAfter($"{i}", TimeSpan.FromSeconds(1));

        world.Advance(TimeSpan.FromSeconds(1));

        TakeAll().Should().Equal(Enumerable.Range(0, 20).Select(static i => $"{i}"));
    }

    [Test]
    public void A_plain_add_does_not_cancel_a_promised_visit()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(5));
        queue.Add("a");
        TakeAll().Should().Equal("a");

        world.Advance(TimeSpan.FromSeconds(5));

        TakeAll().Should().Equal("a");
    }

    [Test]
    public void A_promised_visit_that_falls_due_while_a_worker_has_the_key_comes_after_Done()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(5));
        queue.Add("a");
        world.Run(() => queue.GetAsync().AsTask());

        world.Advance(TimeSpan.FromSeconds(5));
        queue.Count.Should().Be(0);
        queue.Done("a");

        TakeAll().Should().Equal("a");
    }

    [Test]
    public void A_promised_visit_that_falls_due_while_the_key_is_ready_is_served_by_that_one_visit()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(5));
        queue.Add("a");

        world.Advance(TimeSpan.FromSeconds(5));
        TakeAll().Should().Equal("a");

        world.Advance(TimeSpan.FromHours(1));
        TakeAll().Should().BeEmpty();
    }

    [Test]
    public void All_delays_share_one_timer()
    {
        for (int i = 1; i <= 1000; i++)
            queue.AddAfter($"{i % 100}", TimeSpan.FromSeconds(2000 - i));

        world.Time.ActiveTimers.Should().Be(1);
    }

    [Test]
    public void A_delay_longer_than_timers_can_wait_comes_at_its_time()
    {
        queue.AddAfter("a", TimeSpan.FromDays(400));
        queue.AddAfter("never", TimeSpan.MaxValue);

        world.Advance(TimeSpan.FromDays(400) - TimeSpan.FromSeconds(1));
        queue.Count.Should().Be(0);
        world.Advance(TimeSpan.FromSeconds(1));

        TakeAll().Should().Equal("a");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_shutdown_drops_delayed_keys_and_leaves_no_timer(bool drain)
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(5));

        if (drain)
            world.Run(() => queue.ShutDownWithDrainAsync()).Should().BeTrue();
        else
            queue.ShutDown();

        queue.AddAfter("b", TimeSpan.FromSeconds(5));
        world.Time.ActiveTimers.Should().Be(0);
        world.Advance(TimeSpan.FromHours(1));
        TakeAll().Should().BeEmpty();
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Under_random_delays_each_key_comes_at_its_earliest_time_and_once(int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<string, int>();
        for (int i = 0; i < 2000; i++)
        {
            string key = $"{random.Next(300)}";
            int second = random.Next(1, 500);
            queue.AddAfter(key, TimeSpan.FromSeconds(second));
            expected[key] = Math.Min(expected.GetValueOrDefault(key, int.MaxValue), second);
        }

        var came = new Dictionary<string, int>();
        for (int second = 1; second <= 500; second++)
        {
            world.Advance(TimeSpan.FromSeconds(1));
            foreach (string key in TakeAll())
                came.Add(key, second);
        }

        came.Should().BeEquivalentTo(expected);
    }

    private List<string> TakeAll()
    {
        var taken = new List<string>();
        while (queue.Count > 0)
        {
            string key = world.Run(() => queue.GetAsync().AsTask()).Key;
            taken.Add(key);
            queue.Done(key);
        }

        return taken;
    }

    /// <summary>A clock whose one timer fires when the test says, early or late.</summary>
    private sealed class LateClock : TimeProvider, ITimer
    {
        public TimeSpan Elapsed { get; set; }

        public Action? Fire { get; private set; }

        public TimeSpan SetTo { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Fire = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            SetTo = dueTime;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
