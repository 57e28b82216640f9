using BuildController.Informers.Api;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// One reason why a key needs work. For people and logs, and for reconcilers that want to skip what cannot have changed: a
/// reason is a hint, the world is the truth.
/// </summary>
public sealed record WorkCause
{
    /// <summary>What happened.</summary>
    public required CauseKind Kind { get; init; }

    /// <summary>The resource of the object that it happened to; null where no object is behind it.</summary>
    public GroupVersionResource? Resource { get; init; }

    /// <summary>The object that it happened to, which need not be the one that the key names; null where no object is behind it.</summary>
    public ObjectKey? Object { get; init; }

    /// <summary>The version of that object, of several merged events the newest; empty if it is not known.</summary>
    public string ResourceVersion { get; init; } = string.Empty;

    /// <summary>When this process learnt of it, of several merged events the last.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>How many events were merged into this reason: those of one kind and object.</summary>
    public int Count { get; init; } = 1;

    /// <summary><c>Updated configmaps ns/name@version ×3</c>.</summary>
    public override string ToString()
    {
        string about = Object is { } key ? $" {Resource?.QualifiedName} {key}" : string.Empty;
        string version = ResourceVersion.Length > 0 ? $"@{ResourceVersion}" : string.Empty;
        string times = Count > 1 ? $" ×{Count}" : string.Empty;
        return $"{Kind}{about}{version}{times}";
    }

    /// <summary>Whether two reasons say the same of the same object.</summary>
    internal bool IsSameAs(WorkCause other) => Kind == other.Kind && Object == other.Object && Resource == other.Resource;

    /// <summary>Both in one; the other one is the later.</summary>
    internal WorkCause And(WorkCause later) => later with { Count = Count + later.Count };
}
