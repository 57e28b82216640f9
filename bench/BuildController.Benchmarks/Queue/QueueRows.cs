using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;

namespace BuildController.Benchmarks.Queue;

/// <summary>The work of each row, for a number of operations. Every row has a queue of its own, with a name and so with metrics.</summary>
internal sealed class QueueRows(string[] keys, int producers, int consumers)
{
    private const int FewKeys = 1000;
    private const int Batch = 256;

    /// <summary>One key at a time: added, taken, done.</summary>
    public void AddGetDone(int count)
    {
        using WorkQueue<string> queue = NewQueue();
        for (int i = 0; i < count; i++)
        {
            queue.Add(keys[i]);
            TakeOne(queue);
        }
    }

    /// <summary>All keys are added, then all are taken and done.</summary>
    public void FillThenDrain(int count)
    {
        using WorkQueue<string> queue = NewQueue();
        for (int i = 0; i < count; i++)
            queue.Add(keys[i]);

        for (int i = 0; i < count; i++)
            TakeOne(queue);
    }

    /// <summary>Some add, others take, as fast as they can.</summary>
    public async Task ProduceAndConsumeAsync(int count)
    {
        using WorkQueue<string> queue = NewQueue();
        OperatorRuntime runtime = OperatorRuntime.Default;
        Task[] taking = [.. Enumerable.Range(0, consumers).Select(_ => runtime.Start(ConsumeAsync))];
        Task[] adding = [.. Enumerable.Range(0, producers).Select(from => runtime.Start(() => ProduceAsync(from)))];
        await Task.WhenAll(adding);
        await queue.ShutDownWithDrainAsync();
        await Task.WhenAll(taking);

        // As event handlers do, which are called batch by batch: a task that never lets go would keep a thread from the others.
        async Task ProduceAsync(int from)
        {
            int added = 0;
            for (int i = from; i < count; i += producers)
            {
                queue.Add(keys[i]);
                if (++added % Batch == 0)
                    await Task.Yield();
            }
        }

        async Task ConsumeAsync()
        {
            while (await queue.GetAsync() is { IsShutDown: false, Key: var key })
                queue.Done(key);
        }
    }

    /// <summary>A thousand keys that are ready are added again and again.</summary>
    public void Deduplicate(int count)
    {
        using WorkQueue<string> queue = NewQueue();
        for (int i = 0; i < count; i++)
            queue.Add(keys[i % FewKeys]);
    }

    /// <summary>A thousand keys fail and succeed in turn, by the default rate limiter: a failure is added and then forgotten.</summary>
    public void RetryAndForget(int count)
    {
        using WorkQueue<string> queue = NewQueue();
        for (int i = 0; i < count; i++)
        {
            string key = keys[i % FewKeys];
            queue.AddRateLimited(key);
            queue.Forget(key);
        }
    }

    /// <summary>Keys wait for 1 to 500 ms, become ready, and are taken and done; the clock is moved, not waited for.</summary>
    public void DelayAndFire(int count)
    {
        var clock = new ManualTimeProvider();
        using var queue = new WorkQueue<string>(new WorkQueueOptions<string> { Name = "bench" }, new OperatorRuntime { Time = clock });
        for (int i = 0; i < count; i++)
            queue.AddAfter(keys[i], Delay(i));

        clock.Advance(TimeSpan.FromMilliseconds(500));
        for (int i = 0; i < count; i++)
            TakeOne(queue);
    }

    /// <summary>The same by the real clock, which cannot take less than the longest delay.</summary>
    public async Task DelayAndFireInRealTimeAsync(int count)
    {
        using WorkQueue<string> queue = NewQueue();
        for (int i = 0; i < count; i++)
            queue.AddAfter(keys[i], Delay(i));

        for (int i = 0; i < count; i++)
            queue.Done((await queue.GetAsync()).Key);
    }

    private static WorkQueue<string> NewQueue() => new(new WorkQueueOptions<string> { Name = "bench" }, OperatorRuntime.Default);

    private static TimeSpan Delay(int i) => TimeSpan.FromMilliseconds(1 + (int)((uint)i * 2654435769u % 500));

    private static void TakeOne(WorkQueue<string> queue)
    {
        ValueTask<WorkItem<string>> item = queue.GetAsync();
        if (!item.IsCompletedSuccessfully)
            throw new InvalidOperationException("A key that was added is not ready.");

#pragma warning disable CA1849 // It is completed.
        queue.Done(item.Result.Key);
#pragma warning restore CA1849
    }
}
