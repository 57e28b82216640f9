namespace BuildController.Informers.LeaderElection;

/// <summary>
/// A moment of which it must never seem that less time has passed since than has. The monotonic clock of a machine that was
/// suspended stood still, its wall clock may have been set back: whichever says more counts.
/// </summary>
internal sealed record Moment(long Timestamp, DateTimeOffset WallTime)
{
    public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public TimeSpan Elapsed(TimeProvider time)
    {
        TimeSpan monotonic = time.GetElapsedTime(Timestamp);
        TimeSpan wall = time.GetUtcNow() - WallTime;
        return wall > monotonic ? wall : monotonic;
    }
}
