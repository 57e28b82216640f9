namespace BuildController.Informers.Diagnostics;

/// <summary>When <see cref="InformerHealthCheck"/> finds an informer ill.</summary>
public sealed record InformerHealthCheckOptions
{
    /// <summary>
    /// After how long without contact with the server, or without success, an informer is degraded: its copy may be old. The default is five
    /// minutes: servers that send bookmarks send one about every minute.
    /// </summary>
    public TimeSpan DegradedAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After how long it fails. The default is 15 minutes. It should be longer than ten: so long may a server that
    /// sends no bookmarks be silent before the informer asks again.
    /// </summary>
    public TimeSpan FailedAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// From how many silent watches in a row on an informer is degraded; see <see cref="Cache.InformerHealth.SilentWatches"/>. 0 never. The default is 2.
    /// </summary>
    public int DegradedAfterSilentWatches { get; init; } = 2;
}
