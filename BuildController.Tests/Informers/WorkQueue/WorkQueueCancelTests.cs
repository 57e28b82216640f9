using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

/// <summary>Not at random but at every place: the same run again and again, each time with the cancel one step later.</summary>
[TestFixture]
public sealed class WorkQueueCancelTests
{
    [Test]
    public void A_wait_cancelled_at_any_step_of_any_run_strands_no_key()
    {
        int runs = 0;
        int cancelled = 0;
        for (int adds = 0; adds <= 3; adds++)
        {
            for (int order = 0; order < 4; order++)
            {
                for (int step = 0; Run(adds, order, step, ref cancelled); step++)
                    runs++;
            }
        }

        runs.Should().BeGreaterThan(60);
        cancelled.Should().BeGreaterThan(60, "each of them was heard, at another place of the run");
    }

    /// <param name="adds">How many keys are added.</param>
    /// <param name="order">When: before the waiters, between them, or after.</param>
    /// <param name="cancelAt">After how many steps the first waiter's token is cancelled.</param>
    /// <param name="cancelled">Counts the waits that ended so.</param>
    /// <returns>False when the run was over before that step.</returns>
    private static bool Run(int adds, int order, int cancelAt, ref int cancelled)
    {
        var world = new VirtualWorld();
        using var queue = new WorkQueue<int>(new WorkQueueOptions<int>(), world.Runtime);
        using var cancel = new CancellationTokenSource();
        var taken = new List<int>();
        bool wasCancelled = false;

        AddAt(0);
        world.Runtime.Start(() => WorkAsync(cancel.Token));
        AddAt(1);
        world.Runtime.Start(() => WorkAsync(CancellationToken.None));
        AddAt(2);
        if (order == 3)
        {
            world.RunUntilIdle();
            AddAt(3);
        }

        bool reached = true;
        for (int step = 0; step < cancelAt && reached; step++)
            reached = world.Scheduler.RunOne();

        cancel.Cancel();
        world.RunUntilIdle();
        queue.Add(99); // A key that comes later finds a worker too.
        world.RunUntilIdle();

        taken.Should().BeEquivalentTo([.. Enumerable.Range(0, adds), 99], $"{adds} keys, order {order}, cancelled at step {cancelAt}");
        queue.Count.Should().Be(0);
        queue.ShutDownWithDrainAsync().IsCompletedSuccessfully.Should().BeTrue();
        if (wasCancelled)
            cancelled++;

        return reached;

        void AddAt(int place)
        {
            if (place != order)
                return;

            for (int key = 0; key < adds; key++)
                queue.Add(key);
        }

        async Task WorkAsync(CancellationToken token)
        {
            try
            {
                while (await queue.GetAsync(token) is { IsShutDown: false, Key: var key })
                {
                    taken.Add(key);
                    await Task.Yield();
                    queue.Done(key);
                }
            }
            catch (OperationCanceledException)
            {
                wasCancelled = true;
            }
        }
    }
}
