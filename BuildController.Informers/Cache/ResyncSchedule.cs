namespace BuildController.Informers.Cache;

/// <summary>When one handler is due to be told of everything again.</summary>
/// <param name="period">How often; zero for never.</param>
/// <param name="added">When it was added, as a timestamp.</param>
/// <param name="frequency">Timestamps in a second.</param>
internal sealed class ResyncSchedule(TimeSpan period, long added, long frequency)
{
    private long next = added + Ticks(period, frequency);

    /// <summary>Whether it was due when the informer looked last, or has not looked yet.</summary>
    public bool IsDue { get; private set; } = period > TimeSpan.Zero;

    public TimeSpan Period => period;

    /// <summary>Looks whether it is due.</summary>
    /// <param name="tick">When the informer was to look, not when it came to it: so that nothing drifts.</param>
    public bool Check(long tick)
    {
        IsDue = period > TimeSpan.Zero && tick >= next;
        if (IsDue)
            next = tick + Ticks(period, frequency);

        return IsDue;
    }

    public static long Ticks(TimeSpan span, long frequency) => (long)(span.TotalSeconds * frequency);
}
