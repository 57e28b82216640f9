namespace BuildController.Informers.Client;

/// <summary>How to delete an object.</summary>
public sealed record DeleteOptions
{
    /// <summary>Only if the object has this UID; otherwise the server answers a conflict. Null for any.</summary>
    public string? Uid { get; init; }

    /// <summary>Only if the object is in this version; otherwise the server answers a conflict. Null for any.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>How long the object has to stop by itself; null leaves it to the object.</summary>
    public TimeSpan? GracePeriod { get; init; }

    /// <summary>What happens to the objects that it owns; null leaves it to the type's default, which is background for most.</summary>
    public DeletionPropagation? Propagation { get; init; }
}

/// <summary>What a deletion does to the objects that the deleted one owns.</summary>
public enum DeletionPropagation
{
    /// <summary>The owner goes at once; the garbage collector deletes what it owned.</summary>
    Background,

    /// <summary>The owner goes last, after what it owned.</summary>
    Foreground,

    /// <summary>What it owned stays, without an owner.</summary>
    Orphan,
}
