namespace BuildController.Informers.Client;

/// <summary>How often and how fast <see cref="ConflictRetry"/> decides again. Timers count whole milliseconds: jitter below one is not seen.</summary>
public sealed record ConflictRetryOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>
    /// For an object that several writers change now and then: five tries, about 10 ms apart, with a tenth of jitter. client-go's DefaultRetry.
    /// </summary>
    public static ConflictRetryOptions Default { get; } = new();

    /// <summary>
    /// For a small change to an object that somebody else works on all the time: four tries, after 10 ms, 50 ms and 250 ms, with a tenth of
    /// jitter. client-go's DefaultBackoff.
    /// </summary>
    public static ConflictRetryOptions Backoff { get; } = new() { MaxAttempts = 4, Factor = 5 };

    /// <summary>The most times that it is decided, the first included; at least 1. The default is 5.</summary>
    public int MaxAttempts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 5;

    /// <summary>The wait before the second try; zero for none. The default is 10 ms.</summary>
    public TimeSpan InitialDelay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            field = value;
        }
    } = TimeSpan.FromMilliseconds(10);

    /// <summary>By what each wait is longer than the one before, at least 1; no wait is longer than an hour. The default is 1.</summary>
    public double Factor
    {
        get;
        init
        {
            if (!(value >= 1))
                throw new ArgumentOutOfRangeException(nameof(value), value, "Waits do not shrink.");

            field = value;
        }
    } = 1;

    /// <summary>How much of a wait may be added to it at random: 0.1, the default, adds up to a tenth.</summary>
    public double Jitter
    {
        get;
        init
        {
            if (value is not (>= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(value), value, "Jitter is a share of the wait.");

            field = value;
        }
    } = 0.1;

    /// <summary>How long to wait before a try.</summary>
    /// <param name="attempt">The try: 2 for the second.</param>
    /// <param name="random">A number in [0, 1).</param>
    internal TimeSpan DelayBefore(int attempt, double random)
    {
        double ticks = InitialDelay.Ticks * Math.Pow(Factor, attempt - 2) * (1 + (Jitter * random));
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }
}
