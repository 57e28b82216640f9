namespace BuildController.Informers.Cache;

internal sealed partial class SharedInformer<T>
{
    private Task resyncing = Task.CompletedTask;
    private bool resyncs;

    /// <summary>When the resync that waits in the queue was due, as a timestamp; 0 when none waits.</summary>
    private long queuedResync;

    /// <summary>In the gate.</summary>
    private void StartResyncs()
    {
        if (!isStarted || resyncs || resyncPeriods.Check == TimeSpan.Zero)
            return;

        resyncs = true;
        TimeSpan period = resyncPeriods.Check;
        resyncing = runtime.Start(() => ResyncAsync(period));
    }

    /// <summary>
    /// Puts a resync into the queue now and then: behind every change that is there, so it overtakes none. One at a time: if the
    /// consumer has not come to the last, there is nothing to hurry for.
    /// </summary>
    private async Task ResyncAsync(TimeSpan period)
    {
        try
        {
            long ticks = ResyncSchedule.Ticks(period, runtime.Time.TimestampFrequency);
            for (long due = runtime.Time.GetTimestamp() + ticks; ; due += ticks)
            {
                TimeSpan left = runtime.Time.GetElapsedTime(runtime.Time.GetTimestamp(), due);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, runtime.Time, stop.Token);

                if (Interlocked.CompareExchange(ref queuedResync, due, 0) == 0)
                    await queue.AddAsync(Delta<T>.Resync, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            logger.ResyncsStopped(Resource);
        }
    }

    private void CheckResyncs(List<Delta<T>> batch)
    {
        if (!batch.Exists(static delta => delta.Type == DeltaType.Resync))
            return;

        long due = Interlocked.Exchange(ref queuedResync, 0);
        foreach (Listener<T> listener in listeners)
            listener.Resync.Check(due);
    }
}
