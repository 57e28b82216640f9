namespace BuildController.Informers.WorkQueue;

public sealed partial class WorkQueue<TKey>
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly long origin;
    private readonly ITimer timer;

    /// <inheritdoc/>
    public void AddAfter(TKey key, TimeSpan delay) => Add(key, new AddOptions { After = delay });

    /// <inheritdoc/>
    public void AddRateLimited(TKey key) => AddLimited(key, after: default, priority: 0, WorkReasons.Of(null));

    /// <inheritdoc/>
    public void Forget(TKey key) => limiter.Forget(key);

    /// <inheritdoc/>
    public int Retries(TKey key) => limiter.Retries(key);

    /// <summary>The queue's own clock.</summary>
    private TimeSpan Now => time.GetElapsedTime(origin);

    private void AddLimited(TKey key, TimeSpan after, int priority, WorkReasons? reasons)
    {
        int hash = keys.HashOf(key);
        bool awaitsRetry = false;
        lock (gate)
        {
            if (shuttingDown)
                return;

            int slot = keys.Find(key, hash);
            if (slot != KeySlot<TKey>.None && keys[slot].AwaitsRetry)
            {
                // It will be tried once, however often it is added until then: it takes nothing more of what keys share.
                awaitsRetry = true;
                if (after > TimeSpan.Zero || reasons is not null || priority > delays.PriorityOf(slot))
                    Delay(slot, after > TimeSpan.Zero ? after : TimeSpan.MaxValue, priority, reasons);
            }
        }

        // The limiter is asked outside the lock: it may be the user's.
        if (awaitsRetry)
        {
            limiter.Count(key);
            metrics?.Retried(nameTag);
            return;
        }

        TimeSpan delay = limiter.When(key);
        if (after > TimeSpan.Zero && after < delay)
            delay = after;

        if (delay > TimeSpan.Zero)
            AddDelayed(key, delay, priority, reasons, isRetry: true);
        else
            AddNow(key, priority, reasons);
    }

    private void AddDelayed(TKey key, TimeSpan delay, int priority, WorkReasons? reasons, bool isRetry)
    {
        string? group = groupOf?.Invoke(key);
        int hash = keys.HashOf(key);
        lock (gate)
        {
            if (shuttingDown)
                return;

            int slot = SlotOf(key, hash, group);
            Delay(slot, delay, priority, reasons);
            keys[slot].AwaitsRetry |= isRetry;
        }

        metrics?.Retried(nameTag);
    }

    private void Delay(int slot, TimeSpan delay, int priority, WorkReasons? reasons)
    {
        TimeSpan now = Now;
        TimeSpan due = delay < TimeSpan.MaxValue - now ? now + delay : TimeSpan.MaxValue;
        if (delays.Add(slot, due, priority, reasons))
            SetTimer(due - now);
    }

    private void AddDueKeys()
    {
        int added = 0;
        int calls = 0;
        lock (gate)
        {
            if (shuttingDown)
                return;

            TimeSpan now = Now;
            long timestamp = time.GetTimestamp();
            while (delays.TryTakeDue(now, out DelayedKey due))
            {
                if (EndDelay(due, timestamp, ref calls))
                    added++;
            }

            if (delays.NextDue is { } next)
                SetTimer(next - now);
        }

        Call(calls);
        metrics?.Added(nameTag, added);
    }

    /// <returns>Whether that changed something.</returns>
    private bool EndDelay(in DelayedKey due, long now, ref int calls)
    {
        keys[due.Slot].AwaitsRetry = false;
        return MakeReady(due.Slot, due.Priority, due.Reasons, now, ref calls);
    }

    /// <summary>Timers cut off parts of a millisecond: rounded up, so that none fires early and spins; and they have a longest time.</summary>
    private void SetTimer(TimeSpan wait) =>
        timer.Change(wait < LongestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : LongestTimer, Timeout.InfiniteTimeSpan);
}
