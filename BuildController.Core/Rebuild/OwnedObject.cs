namespace BuildController.Core.Rebuild;

/// <summary>The kinds of object that an attempt leaves in the cluster.</summary>
internal enum OwnedKind
{
    /// <summary>The pod of the custom pod builder.</summary>
    Pod,

    /// <summary>A ConfigMap: the machine config, the Containerfile or the digest.</summary>
    ConfigMap,

    /// <summary>The Build of the OpenShift image builder.</summary>
    Build,
}

/// <summary>An object in the cluster that was made by some attempt for this pool.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its identity: what a delete is conditioned on.</param>
/// <param name="AttemptId">The attempt that made it; empty for an object of an older controller.</param>
/// <param name="IsTerminating">Whether it was asked to go already.</param>
internal sealed record OwnedObject(OwnedKind Kind, string Name, string Uid, string AttemptId, bool IsTerminating)
{
    /// <summary>How far the build is, if this is the build object of an attempt; otherwise null.</summary>
    public BuildProgress? Progress { get; init; }

    /// <summary>When the server created it; null if that is not known.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Whether a build object was told to stop already.</summary>
    public bool IsStopping { get; init; }
}
