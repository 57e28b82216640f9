namespace BuildController.Informers.Client;

/// <summary>How a clientset repeats requests. Which ones it repeats at all is not an option: docs/clients.md has the table.</summary>
public sealed record ClientRetryOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    internal static ClientRetryOptions Default { get; } = new();

    /// <summary>
    /// The most times that one request is sent, the first included; 1 repeats nothing. The default is 10: with the waits below
    /// about half a minute. client-go repeats ten times, which is one more.
    /// </summary>
    public int MaxAttempts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 10;

    /// <summary>
    /// About how long to wait before the second try where the server does not say; it doubles with each further one, with jitter. The
    /// default is 200 ms. client-go, which waits a second each time and without jitter, sends everything that was cut off together again together.
    /// </summary>
    public TimeSpan InitialDelay { get; init => field = Checked(value); } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the doubling ends. The default is 10 s.</summary>
    public TimeSpan MaxDelay { get; init => field = Checked(value); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest wait that a server may ask for with Retry-After. Up to it requests wait as told, not shorter; a server that
    /// asks for more is not asked again sooner: its error comes out at once, with <see cref="Api.ApiException.RetryAfter"/>, for the
    /// caller to come back later. The default is 30 s.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init => field = Checked(value); } = TimeSpan.FromSeconds(30);

    private static TimeSpan Checked(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
        return value;
    }
}
