using System.Collections.Concurrent;

namespace BuildController.Informers.Testing;

/// <summary>
/// Runs tasks one at a time, in the order in which they became ready, on the thread that pumps it. Because the library
/// never leaves the scheduler that it was called on, everything it does happens inside <see cref="RunUntilIdle"/>.
/// </summary>
public sealed class DeterministicScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> ready = new();

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>How many steps have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether a task is ready.</summary>
    public bool HasReady => !ready.IsEmpty;

    /// <summary>Runs one ready task, up to its next await.</summary>
    /// <returns>False if none is ready.</returns>
    public bool RunOne()
    {
        if (!ready.TryDequeue(out Task? task))
            return false;

        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Steps++;
            TryExecuteTask(task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        return true;
    }

    /// <summary>Runs ready tasks, and those that they make ready, until none is left.</summary>
    /// <exception cref="InvalidOperationException">More than <paramref name="maxSteps"/> steps ran: something spins.</exception>
    public void RunUntilIdle(int maxSteps = 10_000_000)
    {
        for (int steps = 0; RunOne(); steps++)
        {
            if (steps == maxSteps)
                throw new InvalidOperationException($"Still not idle after {maxSteps} steps: something spins without waiting.");
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => ready.Enqueue(task);

    /// <summary>Never inlines, so that the order of steps does not depend on the depth of a call stack.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => ready.ToArray();
}
