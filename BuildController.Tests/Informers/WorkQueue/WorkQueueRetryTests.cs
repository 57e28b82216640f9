using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

/// <summary>Retries, and the bucket that all keys share.</summary>
[TestFixture]
public sealed class WorkQueueRetryTests
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
    public void A_key_added_ten_thousand_times_while_it_waits_takes_one_token_and_holds_up_nobody()
    {
        for (int i = 0; i < 10_000; i++)
            queue.AddRateLimited("hammered");

        queue.AddRateLimited("other");
        world.Advance(TimeSpan.FromMilliseconds(5));

        queue.Count.Should().Be(2, "a hundred tokens were there, and two were taken");
        queue.Retries("hammered").Should().Be(10_000);
    }

    [Test]
    public void The_delay_of_a_hammered_key_does_not_run_away()
    {
        for (int i = 0; i < 100; i++)
            queue.AddRateLimited($"{i}"); // The burst is used up.

        for (int i = 0; i < 1000; i++)
            queue.AddRateLimited("hammered");

        queue.AddRateLimited("next");
        world.Advance(TimeSpan.FromMilliseconds(199));
        TakeAll().Should().NotContain("next").And.Contain("hammered", "its token was the first to come");
        world.Advance(TimeSpan.FromMilliseconds(1));

        TakeAll().Should().Equal("next");
    }

    [Test]
    public void Once_it_was_tried_a_key_takes_a_token_for_its_next_retry()
    {
        for (int i = 0; i < 101; i++)
        {
            queue.AddRateLimited("a");
            queue.Forget("a"); // So that only the bucket counts.
            if (i < 100)
                world.Advance(TimeSpan.FromMilliseconds(0.001));

            queue.Count.Should().Be(0);
            if (i == 100)
                break;

            AdvanceUntilReady();
        }

        world.Advance(TimeSpan.FromMilliseconds(100));
        queue.Count.Should().Be(1, "tokens come at ten a second");

        void AdvanceUntilReady()
        {
            while (queue.Count == 0)
                world.Advance(TimeSpan.FromMilliseconds(1));

            TakeAll();
        }
    }

    [Test]
    public void A_key_that_waits_for_a_visit_far_off_is_brought_forward_by_its_retry()
    {
        queue.AddAfter("a", TimeSpan.FromHours(1));
        queue.AddRateLimited("a");

        world.Advance(TimeSpan.FromMilliseconds(5));

        TakeAll().Should().Equal("a");
        world.Advance(TimeSpan.FromHours(2));
        TakeAll().Should().BeEmpty("one wait, the earliest");
    }

    [Test]
    public void An_event_does_not_cancel_the_retry_nor_make_it_later()
    {
        queue.AddRateLimited("a");
        queue.AddRateLimited("a");
        queue.Add("a");
        TakeAll().Should().Equal("a");

        world.Advance(TimeSpan.FromMilliseconds(5));

        TakeAll().Should().Equal("a");
    }

    [Test]
    public void A_limiter_that_throws_is_heard_by_who_adds_and_breaks_nothing()
    {
        using var broken = new WorkQueue<string>(new WorkQueueOptions<string> { RateLimiter = new BrokenLimiter() }, world.Runtime);

        broken.Invoking(static q => q.AddRateLimited("a")).Should().Throw<NotSupportedException>();
        broken.Add("a");

        broken.Count.Should().Be(1);
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

    private sealed class BrokenLimiter : IRateLimiter<string>
    {
        public TimeSpan When(string key) => throw new NotSupportedException("broken");

        public void Forget(string key) => throw new NotSupportedException("broken");

        public int Retries(string key) => 0;
    }
}
