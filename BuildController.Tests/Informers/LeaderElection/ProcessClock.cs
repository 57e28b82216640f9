using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>
/// The clock of one process: it runs at its own speed and shows its own time. While the process is frozen its timers do not fire; they
/// are due when it has woken up.
/// </summary>
internal sealed class ProcessClock(ManualTimeProvider real, double rate, TimeSpan offset) : TimeProvider
{
    private readonly Queue<Action> held = new();
    private readonly DateTimeOffset start = real.GetUtcNow();
    private readonly long origin = real.GetTimestamp();

    public bool IsFrozen { get; set; }

    /// <summary>By how much the wall clock was set forward, or the monotonic clock stood still while the machine was suspended.</summary>
    public TimeSpan WallClockAhead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => TimeSpan.TicksPerDay + (long)((real.GetTimestamp() - origin) * rate);

    public override DateTimeOffset GetUtcNow() => start + offset + TimeSpan.FromTicks(GetTimestamp()) + WallClockAhead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, real.CreateTimer(_ => Fire(() => callback(state)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Fires the timers that became due while the process was frozen.</summary>
    public void FireHeld()
    {
        while (held.TryDequeue(out Action? fire))
            fire();
    }

    private void Fire(Action callback)
    {
        if (IsFrozen)
            held.Enqueue(callback);
        else
            callback();
    }

    private sealed class Timer(ProcessClock clock, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(clock.Real(dueTime), clock.Real(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private TimeSpan Real(TimeSpan own) => own <= TimeSpan.Zero ? own : TimeSpan.FromTicks((long)Math.Ceiling(own.Ticks / rate));
}
