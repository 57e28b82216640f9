namespace BuildController.Tests.Core.Sync;

/// <summary>A computer whose clock somebody sets: the time of day jumps, what has passed does not.</summary>
internal sealed class ShiftedClock(TimeProvider inner) : TimeProvider
{
    /// <summary>How far it is ahead of the others; negative for behind.</summary>
    public TimeSpan Shift { get; set; }

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Shift;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
