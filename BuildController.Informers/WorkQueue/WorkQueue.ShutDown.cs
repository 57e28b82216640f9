namespace BuildController.Informers.WorkQueue;

public sealed partial class WorkQueue<TKey>
{
    /// <inheritdoc/>
    public void ShutDown()
    {
        lock (gate)
        {
            BeginShutDown(DelayedKeys.Drop);
            drained?.TrySetResult(false);
            drained = null;
        }

        metrics?.Forget(this);
    }

    /// <inheritdoc/>
    public Task<bool> ShutDownWithDrainAsync(CancellationToken cancellationToken = default) => ShutDownWithDrainAsync(DelayedKeys.Drop, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ShutDownWithDrainAsync(DelayedKeys delayed, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            BeginShutDown(delayed);
            if (IsEmpty)
                return Task.FromResult(true);

            drained ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether no key is ready or with a worker.</summary>
    private bool IsEmpty => processingCount == 0 && ready.Count == 0;

    private void EndDrain()
    {
        drained?.TrySetResult(true);
        metrics?.Forget(this);
    }

    private void BeginShutDown(DelayedKeys delayed)
    {
        if (shuttingDown)
            return;

        shuttingDown = true;
        timer.Dispose();
        int calls = 0; // Nobody needs one: the end of the channel wakes all.
        while (delays.TryTakeDue(TimeSpan.MaxValue, out DelayedKey due))
        {
            if (delayed == DelayedKeys.HandOutNow)
                EndDelay(due, time.GetTimestamp(), ref calls);
            else if (keys[due.Slot].State == KeyState.Idle)
                keys.Remove(due.Slot);
        }

        wakeUps.Writer.Complete();
        if (IsEmpty)
            EndDrain();
    }
}
