namespace BuildController.Informers.Testing.Simulation;

/// <summary>The tasks of one process that are ready, in the order in which they became so. A process that is dead has none, and gets none any more.</summary>
internal sealed class ProcessScheduler : TaskScheduler
{
    private readonly Queue<Task> ready = new();
    private bool isDead;

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Whether it stands still: its tasks wait.</summary>
    public bool IsPaused { get; set; }

    public bool CanRun => ready.Count > 0 && !IsPaused;

    /// <summary>Runs one task up to its next await, without a synchronisation context, which would take its awaits elsewhere.</summary>
    public void RunOne()
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TryExecuteTask(ready.Dequeue());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    public void Kill()
    {
        isDead = true;
        ready.Clear();
    }

    protected override void QueueTask(Task task)
    {
        if (!isDead)
            ready.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => ready.ToArray();
}
