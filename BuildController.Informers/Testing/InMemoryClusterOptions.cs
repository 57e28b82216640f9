namespace BuildController.Informers.Testing;

/// <summary>How an <see cref="InMemoryCluster"/> behaves where real servers can be configured.</summary>
public sealed record InMemoryClusterOptions
{
    /// <summary>How many events of each resource are kept for watches to catch up on. The default is 10,000.</summary>
    public int HistoryWindow { get; init; } = 10_000;

    /// <summary>How often watches that want bookmarks get one. The default is one minute.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The shortest life of a watch that names no timeout; each lives a random time between this and its double.
    /// The default is 30 minutes.
    /// </summary>
    public TimeSpan MinWatchTimeout { get; init; } = TimeSpan.FromMinutes(30);
}
