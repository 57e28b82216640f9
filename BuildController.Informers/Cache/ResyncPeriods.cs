namespace BuildController.Informers.Cache;

/// <summary>
/// client-go's arithmetic of resync periods: an informer looks at one period whose resync is due. Guarded by the informer.
/// </summary>
/// <param name="standard">The period of handlers that ask for none; zero for never.</param>
internal sealed class ResyncPeriods(TimeSpan standard)
{
    public static readonly TimeSpan Minimum = TimeSpan.FromSeconds(1);

    private bool isFixed;

    /// <summary>How often the informer looks; zero for never.</summary>
    public TimeSpan Check { get; private set; } = AtLeastMinimum(standard);

    /// <summary>From now on the check period stays, unless there is none.</summary>
    public void Fix() => isFixed = true;

    /// <returns>The period that a handler gets. It acts at multiples of the check period.</returns>
    public TimeSpan Grant(TimeSpan? asked)
    {
        TimeSpan period = AtLeastMinimum(asked ?? standard);
        if (period == TimeSpan.Zero)
            return period;

        if (Check == TimeSpan.Zero || (period < Check && !isFixed))
            Check = period;

        return period < Check ? Check : period;
    }

    private static TimeSpan AtLeastMinimum(TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
            return TimeSpan.Zero;

        return period < Minimum ? Minimum : period;
    }
}
