namespace BuildController.Informers.Cache;

/// <summary>
/// How informers read their server. The defaults are client-go's where it has the same, and are right for nearly everybody.
/// </summary>
public sealed record ReflectorOptions
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(7);

    internal static ReflectorOptions Default { get; } = new();

    /// <summary>
    /// Whether to take the initial list as a watch stream that goes on as the watch (KEP-3157), where the server can. It spares
    /// the server much memory on big lists. A server that cannot, or something before it that hides that it can, costs one refused
    /// request or one <see cref="WatchListTimeout"/>; the informer then lists and watches, and asks again an hour later at the earliest.
    /// The default is false: listing works with every server, proxy and fake there is, and a copy that a proxy
    /// keeps from its end is a worse surprise than a list that could have been cheaper.
    /// </summary>
    public bool UseWatchList { get; init; }

    /// <summary>
    /// How long a streamed list may go without another of its objects or its end before it is given up for an ordinary list; it may
    /// take ten times as long in all. The default is 30 seconds.
    /// </summary>
    public TimeSpan WatchListTimeout { get; init => field = Checked(value, isInfiniteAllowed: false); } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a watch may be silent, bookmarks included, before it is taken for dead, closed and opened anew from where it was,
    /// without a list. <see cref="Timeout.InfiniteTimeSpan"/> turns that off. It must be longer than the server's bookmark interval: API
    /// servers send a bookmark roughly every minute (the watch cache's bookmarkFrequency). The default is 2.5 minutes. A server that
    /// has nothing to say may send none, so the time doubles with each watch in a row that stayed silent, up to ten minutes, when
    /// servers end watches by themselves; anything received brings it back.
    /// </summary>
    public TimeSpan WatchIdleTimeout { get; init => field = Checked(value, isInfiniteAllowed: true); } = TimeSpan.FromSeconds(150);

    /// <summary>
    /// The most objects in one page of a list; 0 never asks for pages. The default, null, asks for 500 where the server can serve pages
    /// without going past its cache, and for all at once elsewhere.
    /// </summary>
    public int? PageSize
    {
        get;
        init
        {
            if (value is { } size)
                ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(value));

            field = value;
        }
    }

    /// <summary>
    /// For how long a watch that the server breaks off with an internal error is resumed from where it was before the informer lists again.
    /// A minute without such an error begins the time anew. The default, zero, lists again at once.
    /// </summary>
    public TimeSpan InternalErrorRetryTime { get; init; }

    /// <summary>
    /// Whether a resource that the server does not serve at all, as that of a definition that nobody has installed, counts as one with no
    /// objects: the informer then syncs without it, is healthy, and takes the objects up within a minute of the resource being served. The
    /// default is false: an informer of what is not there does not sync.
    /// </summary>
    public bool TreatMissingAsEmpty { get; init; }

    /// <summary>The first wait after a failure, doubling with each failure in a row; up to as much again is added at random. The default is 0.8 s.</summary>
    public TimeSpan InitialBackoff { get; init => field = Checked(value, isInfiniteAllowed: false); } = TimeSpan.FromMilliseconds(800);

    /// <summary>Where the doubling ends. The default is 30 s, so that waits are up to a minute.</summary>
    public TimeSpan MaxBackoff { get; init => field = Checked(value, isInfiniteAllowed: false); } = TimeSpan.FromSeconds(30);

    private static TimeSpan Checked(TimeSpan value, bool isInfiniteAllowed)
    {
        if (isInfiniteAllowed && value == Timeout.InfiniteTimeSpan)
            return value;

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestTimer);
        return value;
    }
}
