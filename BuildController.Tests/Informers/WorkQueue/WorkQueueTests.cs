using System.Runtime.CompilerServices;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WorkQueueTests
{
    private readonly VirtualWorld world = new();

    private WorkQueue<string> NewQueue() => new(new WorkQueueOptions<string>(), world.Runtime);

    private WorkItem<TKey> Get<TKey>(WorkQueue<TKey> queue)
        where TKey : notnull => world.Run(() => queue.GetAsync().AsTask());

    [Test]
    public void Keys_come_in_the_order_in_which_they_became_ready()
    {
        using WorkQueue<string> queue = NewQueue();
        foreach (string key in (string[])["c", "a", "b"])
            queue.Add(key);

        string[] taken = [Get(queue).Key, Get(queue).Key, Get(queue).Key];

        taken.Should().Equal("c", "a", "b");
    }

    [Test]
    public void A_key_added_many_times_before_it_is_taken_comes_once()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Add("a");
        queue.Add("b");
        queue.Add("a");

        queue.Count.Should().Be(2);
        Get(queue).Key.Should().Be("a");
        Get(queue).Key.Should().Be("b");
        queue.Count.Should().Be(0);
    }

    [Test]
    public void A_key_added_while_a_worker_has_it_comes_exactly_once_more_after_Done()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Add("a");
        Get(queue);

        queue.Add("a");
        queue.Add("a");
        queue.Count.Should().Be(0, "a worker has it");
        queue.Done("a");

        queue.Count.Should().Be(1);
        Get(queue).Key.Should().Be("a");
        queue.Done("a");
        queue.Count.Should().Be(0);
    }

    [Test]
    public void A_key_added_after_Done_comes_again()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Add("a");
        Get(queue);
        queue.Done("a");

        queue.Add("a");

        Get(queue).Key.Should().Be("a");
    }

    [Test]
    public void Done_of_a_key_that_no_worker_has_changes_nothing()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Done("unknown");
        queue.Add("a");

        queue.Done("a");
        queue.Add("a");

        queue.Count.Should().Be(1);
        Get(queue).Key.Should().Be("a");
        queue.Count.Should().Be(0);
    }

    [Test]
    public void Each_key_added_wakes_one_waiting_worker()
    {
        using WorkQueue<string> queue = NewQueue();
        Task<WorkItem<string>>[] waiting = [Start(queue), Start(queue), Start(queue)];
        world.RunUntilIdle();

        queue.Add("a");
        queue.Add("b");
        world.RunUntilIdle();

        waiting.Select(static task => task.IsCompleted).Should().Equal(true, true, false);
        waiting[0].Result.Key.Should().Be("a");
        waiting[1].Result.Key.Should().Be("b");
    }

    [Test]
    public void A_cancelled_wait_takes_nothing_and_the_next_worker_gets_the_key()
    {
        using WorkQueue<string> queue = NewQueue();
        using var cancel = new CancellationTokenSource();
        Task<WorkItem<string>> cancelled = Start(queue, cancel.Token);
        Task<WorkItem<string>> next = Start(queue);
        world.RunUntilIdle();

        cancel.Cancel();
        queue.Add("a");
        world.RunUntilIdle();

        cancelled.IsCanceled.Should().BeTrue();
        next.Result.Key.Should().Be("a");
    }

    [Test]
    public void A_wait_that_is_cancelled_after_its_key_came_still_returns_the_key()
    {
        using WorkQueue<string> queue = NewQueue();
        using var cancel = new CancellationTokenSource();
        Task<WorkItem<string>> first = Start(queue, cancel.Token);
        Task<WorkItem<string>> next = Start(queue);
        world.RunUntilIdle();

        queue.Add("a");
        cancel.Cancel();
        world.RunUntilIdle();

        first.Result.Key.Should().Be("a");
        next.IsCompleted.Should().BeFalse();
    }

    [Test]
    public void A_token_that_is_cancelled_beforehand_takes_nothing()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Add("a");

        queue.GetAsync(new CancellationToken(canceled: true)).AsTask().IsCanceled.Should().BeTrue();

        queue.Count.Should().Be(1);
        Get(queue).Key.Should().Be("a");
    }

    [Test]
    public void The_comparer_says_which_keys_are_one()
    {
        using var queue = new WorkQueue<string>(new WorkQueueOptions<string> { EqualityComparer = StringComparer.OrdinalIgnoreCase }, world.Runtime);
        queue.Add("a");
        queue.Add("A");
        queue.AddAfter("b", TimeSpan.FromSeconds(2));
        queue.AddAfter("B", TimeSpan.FromSeconds(1));
        queue.AddRateLimited("c");
        queue.AddRateLimited("C");

        queue.Count.Should().Be(1);
        queue.Retries("c").Should().Be(2);
        world.Advance(TimeSpan.FromSeconds(2));
        queue.Count.Should().Be(3);
    }

    [Test]
    public void A_retry_waits_as_long_as_the_limiter_says_and_Forget_starts_anew()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.AddRateLimited("a");
        world.Advance(TimeSpan.FromMilliseconds(4));
        queue.Count.Should().Be(0);
        world.Advance(TimeSpan.FromMilliseconds(1));
        Get(queue);
        queue.Done("a");

        queue.AddRateLimited("a");
        queue.Retries("a").Should().Be(2);
        world.Advance(TimeSpan.FromMilliseconds(9));
        queue.Count.Should().Be(0);
        world.Advance(TimeSpan.FromMilliseconds(1));
        Get(queue);
        queue.Done("a");

        queue.Forget("a");
        queue.Retries("a").Should().Be(0);
        queue.AddRateLimited("a");
        world.Advance(TimeSpan.FromMilliseconds(5));
        queue.Count.Should().Be(1);
    }

    [Test]
    public void Nothing_holds_a_key_that_is_done()
    {
        using var queue = new WorkQueue<object>(new WorkQueueOptions<object>(), world.Runtime);

        WeakReference key = PassThrough(queue);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        key.IsAlive.Should().BeFalse();
        GC.KeepAlive(queue);
    }

    [Test]
    public void The_item_of_a_shutdown_has_no_key()
    {
        WorkItem<string> item = default;

        item.IsShutDown.Should().BeTrue();
        item.ToString().Should().Be("(shut down)");
        item.Invoking(static i => i.Key).Should().Throw<InvalidOperationException>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference PassThrough(WorkQueue<object> queue)
    {
        // Every place that holds keys: the delays, the ready keys, the map and the counts. No async frame keeps it here.
        object key = new();
        queue.AddAfter(key, TimeSpan.FromHours(1));
        queue.AddAfter(key, TimeSpan.FromTicks(1));
        queue.AddRateLimited(key);
        queue.Forget(key);
        queue.Add(key);
        Task<WorkItem<object>> item = queue.GetAsync().AsTask();
        queue.Done(item.Result.Key);
        queue.ShutDown();
        return new WeakReference(key);
    }

    private Task<WorkItem<string>> Start(WorkQueue<string> queue, CancellationToken cancellationToken = default)
    {
        var result = new TaskCompletionSource<WorkItem<string>>();
        world.Runtime.Start(async () =>
        {
            try
            {
                result.SetResult(await queue.GetAsync(cancellationToken));
            }
            catch (OperationCanceledException)
            {
                result.SetCanceled(cancellationToken);
            }
        });
        return result.Task;
    }
}
