using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>How an informer gets on with its server, at one moment.</summary>
public sealed record InformerHealth
{
    /// <summary>Whether the initial list has come in and is in the store.</summary>
    public bool HasSynced { get; init; }

    /// <summary>How far the store has come: the version of the last list, event or bookmark in it; empty before the first. Opaque.</summary>
    public string ResourceVersion { get; init; } = string.Empty;

    /// <summary>What went wrong last; null when listing and watching go well.</summary>
    public Exception? LastError { get; init; }

    /// <summary>Since when nothing has gone well; null when all does.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>How many attempts in a row have failed.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>When the server last answered or sent anything, bookmarks included; null if it never did.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>
    /// How many watches in a row were given up because nothing came on them, not even a bookmark; see
    /// <see cref="ReflectorOptions.WatchIdleTimeout"/>. One is a connection that died. More are a server that has nothing to say
    /// and sends no bookmarks, or something before it that accepts watches and passes nothing on: from here they look the same.
    /// </summary>
    public int SilentWatches { get; init; }

    /// <summary>
    /// The objects whose newest version could not be decoded: the store keeps the last one that could, or has none. Empty when all is well.
    /// </summary>
    public IReadOnlyCollection<ObjectKey> Undecodable { get; init; } = [];
}
