namespace BuildController.Informers.Client;

/// <summary>How many requests a clientset sends at most. The defaults are client-go's.</summary>
public sealed record ClientRateLimitOptions
{
    internal static ClientRateLimitOptions Default { get; } = new();

    /// <summary>How many requests a second in the long run, positive; fractions are allowed. The default is 5.</summary>
    public double PerSecond
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            if (!double.IsFinite(value))
                throw new ArgumentOutOfRangeException(nameof(value), value, "For no limit leave the limiter away.");

            field = value;
        }
    } = 5;

    /// <summary>How many requests at once after a quiet time; at least 1. The default is 10.</summary>
    public int Burst
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 10;
}
