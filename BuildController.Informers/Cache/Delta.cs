using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>What the reflector has learnt.</summary>
internal enum DeltaType
{
    /// <summary>The object is there now; whether it is new, the store knows.</summary>
    Upserted,

    /// <summary>The object is gone.</summary>
    Deleted,

    /// <summary>These objects are there and no others.</summary>
    Replaced,

    /// <summary>Nothing changed up to this version.</summary>
    Bookmark,

    /// <summary>Nothing was learnt: it is time to tell some handlers of what is there. What is told is decided when it is applied.</summary>
    Resync,
}

/// <summary>
/// One step of the local copy. A whole list is one step: what it deletes is decided when it is applied, against a store
/// that everything before it has reached, so no deletion can be missed or come twice.
/// </summary>
internal readonly record struct Delta<T>
    where T : class
{
    private Delta(DeltaType type, T? value, IReadOnlyList<T> items, string resourceVersion)
    {
        Type = type;
        Object = value;
        Items = items;
        ResourceVersion = resourceVersion;
    }

    public DeltaType Type { get; }

    public T? Object { get; }

    public IReadOnlyList<T> Items { get; }

    public string ResourceVersion { get; }

    /// <summary>Which of the informer's sources has learnt it: its place among them.</summary>
    public int Source { get; init; }

    public static Delta<T> Resync { get; } = new(DeltaType.Resync, null, [], string.Empty);

    public static Delta<T> Upserted(T value, string resourceVersion) => new(DeltaType.Upserted, value, [], resourceVersion);

    public static Delta<T> Deleted(T lastState, string resourceVersion) => new(DeltaType.Deleted, lastState, [], resourceVersion);

    public static Delta<T> Replaced(IReadOnlyList<T> items, string resourceVersion) => new(DeltaType.Replaced, null, items, resourceVersion);

    public static Delta<T> Bookmark(string resourceVersion) => new(DeltaType.Bookmark, null, [], resourceVersion);
}
