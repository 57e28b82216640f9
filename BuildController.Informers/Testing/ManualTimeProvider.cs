namespace BuildController.Informers.Testing;

/// <summary>
/// A clock that moves only when told to. Timers fire on the thread that moves it, in the order of their due times and, for
/// equal times, of their making; while a timer fires, the clock shows its due time. Safe for concurrent use.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<(ManualTimer Timer, long Version), (long DueTicks, long Order)> due = new();
    private readonly DateTimeOffset start;
    private long elapsedTicks;
    private long order;
    private int activeTimers;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">The time it shows first; the default is the first second of 2024, UTC.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        this.start = start ?? new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers are waiting to fire: what a test asserts on to find a leak.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (gate)
                return activeTimers;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start.AddTicks(Interlocked.Read(ref elapsedTicks));

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref elapsedTicks);

    /// <summary>How long until the next timer fires, or null if none waits.</summary>
    public TimeSpan? UntilNextTimer()
    {
        lock (gate)
            return NextDue() is { } next ? TimeSpan.FromTicks(Math.Max(0, next - elapsedTicks)) : null;
    }

    /// <summary>Moves the clock, firing each timer that becomes due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target = Interlocked.Read(ref elapsedTicks) + by.Ticks;
        while (FireNext(target))
        {
        }

        lock (gate)
            elapsedTicks = Math.Max(elapsedTicks, target);
    }

    /// <summary>Moves the clock to the next timer that is due within the time given and fires it.</summary>
    /// <returns>False if there is none; then the clock has not moved.</returns>
    public bool AdvanceToNextTimer(TimeSpan within) => FireNext(Interlocked.Read(ref elapsedTicks) + within.Ticks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private bool FireNext(long notAfter)
    {
        ManualTimer timer;
        lock (gate)
        {
            if (NextDue() is not { } next || next > notAfter)
                return false;

            timer = due.Dequeue().Timer;
            elapsedTicks = Math.Max(elapsedTicks, next);
            timer.Version++;
            if (timer.Period is { } period)
                due.Enqueue((timer, timer.Version), (next + period.Ticks, order++));
            else
                Deactivate(timer);
        }

        timer.Callback(timer.State);
        return true;
    }

    private long? NextDue()
    {
        while (due.TryPeek(out (ManualTimer Timer, long Version) entry, out (long DueTicks, long Order) priority))
        {
            if (entry.Timer.Version == entry.Version)
                return priority.DueTicks;

            due.Dequeue();
        }

        return null;
    }

    private void Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            timer.Version++;
            timer.Period = period > TimeSpan.Zero ? period : null;
            if (dueTime < TimeSpan.Zero)
            {
                Deactivate(timer);
                return;
            }

            if (!timer.IsActive)
            {
                timer.IsActive = true;
                activeTimers++;
            }

            due.Enqueue((timer, timer.Version), (elapsedTicks + dueTime.Ticks, order++));
        }
    }

    private void Deactivate(ManualTimer timer)
    {
        if (timer.IsActive)
        {
            timer.IsActive = false;
            activeTimers--;
        }
    }

    /// <summary>Its mutable state is guarded by the clock's lock; a version that has moved on marks a queue entry as stale.</summary>
    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool disposed;

        public TimerCallback Callback { get; } = callback;

        public object? State { get; } = state;

        public long Version { get; set; }

        public TimeSpan? Period { get; set; }

        public bool IsActive { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (Volatile.Read(ref disposed))
                return false;

            clock.Schedule(this, dueTime, period);
            return true;
        }

        public void Dispose()
        {
            Volatile.Write(ref disposed, true);
            clock.Schedule(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
