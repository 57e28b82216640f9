namespace BuildController.Informers.Testing.Simulation;

/// <summary>
/// The clock of one process: the world's, but its timers are its own. They fire late while it stands still, and not at
/// all once it is dead.
/// </summary>
internal sealed class ProcessTime(ManualTimeProvider world) : TimeProvider
{
    private readonly HashSet<ProcessTimer> timers = [];
    private readonly Queue<Action> missed = new();
    private bool isPaused;
    private bool isDead;

    public override long TimestampFrequency => world.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => world.LocalTimeZone;

    /// <summary>How many of its timers wait to fire.</summary>
    public int ActiveTimers => timers.Count(static timer => timer.IsActive);

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow();

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ProcessTimer(this, callback, state);
        if (isDead)
            return timer;

        timers.Add(timer);
        timer.Inner = world.CreateTimer(static state => ((ProcessTimer)state!).Fire(), timer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Pause() => isPaused = true;

    public void Resume()
    {
        isPaused = false;
        while (!isPaused && missed.TryDequeue(out Action? fire))
            fire();
    }

    public void Kill()
    {
        isDead = true;
        missed.Clear();
        foreach (ProcessTimer timer in timers)
            timer.Inner?.Dispose();

        timers.Clear();
    }

    private sealed class ProcessTimer(ProcessTime owner, TimerCallback callback, object? state) : ITimer
    {
        public ITimer? Inner { get; set; }

        public bool IsActive { get; private set; }

        private bool IsPeriodic { get; set; }

        public void Fire()
        {
            if (owner.isPaused)
            {
                owner.missed.Enqueue(Fire);
                return;
            }

            // Disposed or set anew while it was missed.
            if (owner.isDead || !IsActive)
                return;

            IsActive = IsPeriodic;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (Inner is null || owner.isDead)
                return false;

            IsActive = dueTime >= TimeSpan.Zero;
            IsPeriodic = period > TimeSpan.Zero;
            return Inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            IsActive = false;
            owner.timers.Remove(this);
            Inner?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
