using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class WorkQueueShutDownTests
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
    public void After_a_shutdown_the_ready_keys_come_first_and_then_the_shutdown()
    {
        queue.Add("a");
        queue.Add("b");

        queue.ShutDown();

        queue.IsShuttingDown.Should().BeTrue();
        Get().Key.Should().Be("a");
        Get().Key.Should().Be("b");
        Get().IsShutDown.Should().BeTrue();
        Get().IsShutDown.Should().BeTrue();
    }

    [Test]
    public void After_a_shutdown_nothing_is_added_in_any_way()
    {
        queue.ShutDown();

        queue.Add("a");
        queue.AddAfter("b", TimeSpan.FromSeconds(1));
        queue.AddRateLimited("c");

        world.Advance(TimeSpan.FromHours(1));
        queue.Count.Should().Be(0);
        queue.Retries("c").Should().Be(0);
    }

    [Test]
    public void A_shutdown_wakes_every_waiting_worker()
    {
        Task<WorkItem<string>>[] waiting = [Start(), Start(), Start()];
        world.RunUntilIdle();

        queue.ShutDown();
        world.RunUntilIdle();

        waiting.Should().OnlyContain(static task => task.IsCompletedSuccessfully && task.Result.IsShutDown);
    }

    [Test]
    public void A_shutdown_between_the_wake_up_of_a_worker_and_its_taking_loses_no_key()
    {
        Task<WorkItem<string>> first = Start();
        Task<WorkItem<string>> second = Start();
        world.RunUntilIdle();

        queue.Add("a");
        queue.ShutDown();
        WorkItem<string> barged = queue.GetAsync().AsTask().Result;
        world.RunUntilIdle();

        barged.Key.Should().Be("a");
        first.Result.IsShutDown.Should().BeTrue("its permit came before the shutdown, but another took the key");
        second.Result.IsShutDown.Should().BeTrue();
    }

    [Test]
    public void A_key_that_became_dirty_before_the_shutdown_is_handed_out_after_Done()
    {
        queue.Add("a");
        Get();
        queue.Add("a");

        queue.ShutDown();
        Get().IsShutDown.Should().BeTrue("nothing is ready now");
        queue.Done("a");

        Get().Key.Should().Be("a");
    }

    [Test]
    public void A_drain_of_a_queue_at_rest_ends_at_once()
    {
        queue.ShutDownWithDrainAsync().Result.Should().BeTrue();
        queue.IsShuttingDown.Should().BeTrue();
    }

    [Test]
    public void A_drain_waits_until_the_last_key_is_done()
    {
        queue.Add("a");
        queue.Add("b");
        Get();
        Get();

        Task<bool> drain = queue.ShutDownWithDrainAsync();
        queue.Done("a");
        drain.IsCompleted.Should().BeFalse();
        queue.Done("b");

        world.Run(() => drain).Should().BeTrue();
    }

    [Test]
    public void A_drain_waits_for_ready_keys_that_no_worker_has_taken_yet()
    {
        queue.Add("a");
        queue.Add("b");
        Get();

        Task<bool> drain = queue.ShutDownWithDrainAsync();
        queue.Done("a");
        drain.IsCompleted.Should().BeFalse("b is still queued");
        Get().Key.Should().Be("b");
        drain.IsCompleted.Should().BeFalse("b is with a worker");
        queue.Done("b");

        world.Run(() => drain).Should().BeTrue();
    }

    [Test]
    public void A_drain_hands_out_dirty_keys_once_more()
    {
        queue.Add("a");
        Get();
        queue.Add("a");

        Task<bool> drain = queue.ShutDownWithDrainAsync();
        queue.Done("a");
        drain.IsCompleted.Should().BeFalse();
        Get().Key.Should().Be("a");
        queue.Done("a");

        world.Run(() => drain).Should().BeTrue();
        Get().IsShutDown.Should().BeTrue();
    }

    [Test]
    public void A_drain_may_hand_out_delayed_keys_at_once_instead_of_dropping_them()
    {
        queue.AddAfter("later", TimeSpan.FromHours(9));
        queue.AddAfter("sooner", TimeSpan.FromHours(1));
        queue.AddRateLimited("retry");
        queue.Add("ready");
        queue.AddAfter("with a worker", TimeSpan.FromHours(2));
        queue.Add("with a worker", new AddOptions { Priority = 1 });
        Get().Key.Should().Be("with a worker");

        Task<bool> drain = queue.ShutDownWithDrainAsync(DelayedKeys.HandOutNow);
        queue.Done("with a worker");
        var taken = new List<string>();
        while (Get() is { IsShutDown: false, Key: var key })
        {
            drain.IsCompleted.Should().BeFalse();
            taken.Add(key);
            queue.AddRateLimited(key); // It fails; there is no next time.
            queue.Done(key);
        }

        taken.Should().Equal("ready", "retry", "sooner", "later", "with a worker");
        world.Run(() => drain).Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void ShutDown_does_not_wait_and_ends_a_drain()
    {
        queue.Add("a");
        Get();
        Task<bool> drain = queue.ShutDownWithDrainAsync();
        Task<bool> another = queue.ShutDownWithDrainAsync();

        queue.ShutDown();

        world.Run(() => Task.WhenAll(drain, another)).Should().Equal(false, false);
    }

    [Test]
    public void A_drain_after_a_shutdown_waits_all_the_same()
    {
        queue.Add("a");
        Get();
        queue.ShutDown();

        Task<bool> drain = queue.ShutDownWithDrainAsync();
        drain.IsCompleted.Should().BeFalse();
        queue.Done("a");

        world.Run(() => drain).Should().BeTrue();
    }

    [Test]
    public void A_cancelled_drain_stops_waiting_and_the_queue_stays_shut_down()
    {
        using var cancel = new CancellationTokenSource();
        queue.Add("a");
        Task<bool> drain = queue.ShutDownWithDrainAsync(cancel.Token);

        cancel.Cancel();

        Func<Task<bool>> wait = () => drain;
        world.Invoking(w => w.Run(wait)).Should().Throw<OperationCanceledException>();
        queue.IsShuttingDown.Should().BeTrue();
        Get().Key.Should().Be("a");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Fifty_producers_and_ten_workers_come_to_an_end(bool drain)
    {
        var processed = new HashSet<string>();
        Task[] workers = [.. Enumerable.Range(0, 10).Select(_ => world.Runtime.Start(WorkAsync))];
        Task[] producers = [.. Enumerable.Range(0, 50).Select(n => world.Runtime.Start(() => ProduceAsync(n)))];
        world.Run(() => Task.WhenAll(producers));

        if (drain)
            world.Run(() => queue.ShutDownWithDrainAsync()).Should().BeTrue();
        else
            queue.ShutDown();

        queue.Add("too late");
        world.Run(() => Task.WhenAll(workers));
        processed.Should().HaveCount(50).And.NotContain("too late");
        queue.Count.Should().Be(0);

        async Task WorkAsync()
        {
            while (await queue.GetAsync() is { IsShutDown: false, Key: var key })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(3), world.Time);
                processed.Add(key);
                queue.Done(key);
            }
        }

        async Task ProduceAsync(int producer)
        {
            for (int i = 0; i < 50; i++)
            {
                queue.Add($"{producer}");
                await Task.Delay(TimeSpan.FromMilliseconds(1), world.Time);
            }
        }
    }

    private WorkItem<string> Get() => world.Run(() => queue.GetAsync().AsTask());

    private Task<WorkItem<string>> Start()
    {
        var result = new TaskCompletionSource<WorkItem<string>>();
        world.Runtime.Start(async () => result.SetResult(await queue.GetAsync()));
        return result.Task;
    }
}
