using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

/// <summary>What holds whatever producers, workers and cancellations do: the last add of a key is seen, and by one worker at a time.</summary>
[TestFixture]
public sealed class WorkQueueInvariantTests
{
    [Test]
    public void Whatever_is_cancelled_no_add_is_lost_and_no_key_has_two_workers([Range(1, 40)] int seed)
    {
        var world = new VirtualWorld(seed);
        var options = new WorkQueueOptions<int>
        {
            Group = seed % 2 == 0 ? null : static key => $"{key % 3}",
            LowPriorityShare = 2 + (seed % 4),
            RateLimiter = RateLimiters.Exponential<int>(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(15)),
        };
        using var queue = new WorkQueue<int>(options, world.Runtime);
        var ledger = new Ledger(keys: 8);
        OperatorRuntime runtime = world.Runtime;
        Task[] producers = [.. Enumerable.Range(0, 4).Select(_ => runtime.Start(ProduceAsync))];
        Task<int>[] counts = [.. Enumerable.Range(0, 5).Select(_ => StartWorker())];

        world.Run(() => Task.WhenAll(producers));
        world.Advance(TimeSpan.FromMilliseconds(200)); // The longest delay is 20, and workers go on all the time.
        queue.Count.Should().Be(0, "workers are still there");
        ledger.Unseen().Should().BeEmpty();
        world.Run(() => queue.ShutDownWithDrainAsync()).Should().BeTrue();
        world.Run(() => Task.WhenAll(counts));

        ledger.MostAtOnce.Should().Be(1);
        counts.Sum(static count => count.Result).Should().BePositive("some waits were cancelled");
        world.Time.ActiveTimers.Should().Be(0);

        async Task ProduceAsync()
        {
            for (int i = 0; i < 150; i++)
            {
                int key = Draw(8);
                ledger.Added(key);
                switch (Draw(5))
                {
                    case 0:
                        queue.AddAfter(key, TimeSpan.FromMilliseconds(Draw(20)));
                        break;
                    case 1:
                        queue.Add(key, new AddOptions { Priority = Draw(3) - 1, After = TimeSpan.FromMilliseconds(Draw(3)) });
                        break;
                    case 2:
                        queue.AddRateLimited(key);
                        break;
                    default:
                        queue.Add(key);
                        break;
                }

                await PauseAsync(6);
            }
        }

        Task<int> StartWorker()
        {
            var cancelled = new TaskCompletionSource<int>();
            runtime.Start(async () => cancelled.SetResult(await WorkAsync()));
            return cancelled.Task;
        }

        async Task<int> WorkAsync()
        {
            int cancelled = 0;
            while (true)
            {
                using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(Draw(5)), world.Time);
                WorkItem<int> item;
                try
                {
                    // The cancel may strike before, during and after the wait, also between the wake-up and the taking.
                    Task canceller = runtime.Start(async () =>
                    {
                        await PauseAsync(4);
                        if (Draw(2) == 0)
                            cancel.Cancel();
                    });
                    try
                    {
                        item = await queue.GetAsync(cancel.Token);
                    }
                    finally
                    {
                        await canceller;
                    }
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                    await Task.Yield();
                    if (cancelled % 16 == 0)
                        await Task.Delay(TimeSpan.FromMilliseconds(1), world.Time);
                    continue;
                }

                if (item.IsShutDown)
                    return cancelled;

                ledger.Began(item.Key);
                await PauseAsync(4);
                ledger.Ended(item.Key);
                if (Draw(2) == 0)
                    queue.Forget(item.Key);

                queue.Done(item.Key);
            }
        }

        int Draw(int below) => (int)(runtime.NextDouble() * below);

        async Task PauseAsync(int below)
        {
            int pause = Draw(below);
            if (pause == 0)
                await Task.Yield();
            else if (pause > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(pause - 1), world.Time);
        }
    }

    [Test]
    public void Sixty_four_workers_never_share_the_one_key()
    {
        var world = new VirtualWorld();
        using var queue = new WorkQueue<int>(new WorkQueueOptions<int>(), world.Runtime);
        var ledger = new Ledger(keys: 1);
        Task[] workers = [.. Enumerable.Range(0, 64).Select(_ => world.Runtime.Start(WorkAsync))];
        world.RunUntilIdle();

        for (int i = 0; i < 500; i++)
        {
            ledger.Added(0);
            queue.Add(0);
            world.Advance(TimeSpan.FromMilliseconds(1));
        }

        world.Run(() => queue.ShutDownWithDrainAsync()).Should().BeTrue();
        world.Run(() => Task.WhenAll(workers));
        ledger.MostAtOnce.Should().Be(1);
        ledger.Unseen().Should().BeEmpty();
        ledger.Visits.Should().BeGreaterThan(50).And.BeLessThan(500);

        async Task WorkAsync()
        {
            while (await queue.GetAsync() is { IsShutDown: false, Key: var key })
            {
                ledger.Began(key);
                await Task.Delay(TimeSpan.FromMilliseconds(3), world.Time);
                ledger.Ended(key);
                queue.Done(key);
            }
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task On_real_threads_no_add_is_lost_and_no_key_has_two_workers(CancellationToken giveUp)
    {
        const int KeyCount = 32;
        OperatorRuntime runtime = OperatorRuntime.Default;
        using var queue = new WorkQueue<int>(new WorkQueueOptions<int>(), runtime);
        var ledger = new Ledger(KeyCount);
        Task[] workers = [.. Enumerable.Range(0, 4).Select(seed => runtime.Start(() => WorkAsync(new Random(seed))))];
        Task[] producers = [.. Enumerable.Range(0, 4).Select(seed => runtime.Start(() => ProduceAsync(new Random(100 + seed))))];

        await Task.WhenAll(producers).WaitAsync(giveUp);
        (await queue.ShutDownWithDrainAsync(giveUp)).Should().BeTrue();
        await Task.WhenAll(workers).WaitAsync(giveUp);

        ledger.Unseen().Should().BeEmpty();
        ledger.MostAtOnce.Should().Be(1);
        ledger.Visits.Should().BeGreaterThanOrEqualTo(KeyCount);

        async Task ProduceAsync(Random random)
        {
            for (int i = 0; i < 25_000; i++)
            {
                int key = random.Next(KeyCount);
                ledger.Added(key);
                queue.Add(key);
                if (i % 64 == 0)
                    await Task.Yield();
            }
        }

        async Task WorkAsync(Random random)
        {
            while (true)
            {
                using var cancel = new CancellationTokenSource();
                ValueTask<WorkItem<int>> get = queue.GetAsync(cancel.Token);
                if (random.Next(4) == 0)
                    cancel.Cancel();

                WorkItem<int> item;
                try
                {
                    item = await get;
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                if (item.IsShutDown)
                    return;

                ledger.Began(item.Key);
                if (random.Next(64) == 0)
                    await Task.Yield();

                ledger.Ended(item.Key);
                queue.Done(item.Key);
            }
        }
    }

    /// <summary>Counts the adds of each key, what its workers have seen of them, and how many workers it had at once.</summary>
    private sealed class Ledger(int keys)
    {
        private readonly int[] added = new int[keys];
        private readonly int[] seen = new int[keys];
        private readonly int[] workers = new int[keys];
        private int mostAtOnce;
        private int visits;

        public int MostAtOnce => mostAtOnce;

        public int Visits => visits;

        /// <summary>Called before the add, so that the visit that the add brings must see it.</summary>
        public void Added(int key) => Interlocked.Increment(ref added[key]);

        public void Began(int key)
        {
            int atOnce = Interlocked.Increment(ref workers[key]);
            for (int most = mostAtOnce; atOnce > most; most = mostAtOnce)
                Interlocked.CompareExchange(ref mostAtOnce, atOnce, most);

            Volatile.Write(ref seen[key], Volatile.Read(ref added[key]));
            Interlocked.Increment(ref visits);
        }

        public void Ended(int key) => Interlocked.Decrement(ref workers[key]);

        public IEnumerable<int> Unseen() => Enumerable.Range(0, keys).Where(key => seen[key] != added[key]);
    }
}
