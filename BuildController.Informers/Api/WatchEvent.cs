namespace BuildController.Informers.Api;

/// <summary>What a watch event says.</summary>
public enum WatchEventType
{
    /// <summary>The object came into the watched set: created, or changed so that the selector now matches.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object left the watched set; the event carries its last state.</summary>
    Deleted,

    /// <summary>No change: the server says how far it has come. The stream's heartbeat.</summary>
    Bookmark,

    /// <summary>The server cannot go on; the event carries its status. Nothing follows.</summary>
    Error,
}

/// <summary>One event of a watch stream.</summary>
/// <typeparam name="T">The object type.</typeparam>
public readonly record struct WatchEvent<T>
    where T : class
{
    private WatchEvent(WatchEventType type, T? value, string resourceVersion, bool endsInitialEvents, ApiException? error)
    {
        Type = type;
        Object = value;
        ResourceVersion = resourceVersion;
        EndsInitialEvents = endsInitialEvents;
        Error = error;
    }

    /// <summary>What the event says.</summary>
    public WatchEventType Type { get; }

    /// <summary>The object, for <see cref="WatchEventType.Added"/>, <see cref="WatchEventType.Modified"/> and <see cref="WatchEventType.Deleted"/>; otherwise null.</summary>
    public T? Object { get; }

    /// <summary>How far the stream has come: the version to watch from next. Empty for an error.</summary>
    public string ResourceVersion { get; }

    /// <summary>Whether this is the bookmark that ends the initial events of a streamed list.</summary>
    public bool EndsInitialEvents { get; }

    /// <summary>What went wrong, for <see cref="WatchEventType.Error"/>; otherwise null.</summary>
    public ApiException? Error { get; }

    /// <summary>Makes an event that carries an object.</summary>
    public static WatchEvent<T> Of(WatchEventType type, T value, string resourceVersion) => new(type, value, resourceVersion, false, null);

    /// <summary>Makes a bookmark.</summary>
    public static WatchEvent<T> Bookmark(string resourceVersion, bool endsInitialEvents = false) =>
        new(WatchEventType.Bookmark, null, resourceVersion, endsInitialEvents, null);

    /// <summary>Makes an error event.</summary>
    public static WatchEvent<T> Failed(ApiException error) => new(WatchEventType.Error, null, string.Empty, false, error);
}
