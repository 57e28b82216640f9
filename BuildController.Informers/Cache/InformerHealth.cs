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
}
