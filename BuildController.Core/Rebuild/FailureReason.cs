namespace BuildController.Core.Rebuild;

/// <summary>Why an attempt ended without an image.</summary>
public enum FailureReason
{
    /// <summary>None: the attempt succeeded.</summary>
    None,

    /// <summary>The build itself failed: a step of the Containerfile, the push, a container.</summary>
    BuildFailed,

    /// <summary>Something that the admin gave cannot be built from.</summary>
    InvalidBuildInputs,

    /// <summary>The attempt was not done within its deadline.</summary>
    DeadlineExceeded,

    /// <summary>The build did not start to run in time.</summary>
    PendingDeadlineExceeded,

    /// <summary>The build says that it succeeded, but there is no digest that can be trusted.</summary>
    DigestUnavailable,

    /// <summary>An object that is not ours has the name of one that the build needs.</summary>
    NameTaken,

    /// <summary>The node drove the build out.</summary>
    Evicted,

    /// <summary>The node was lost.</summary>
    NodeLost,

    /// <summary>The build had to make room for something more important.</summary>
    Preempted,

    /// <summary>The build was deleted by somebody else while it ran.</summary>
    BuildDeleted,

    /// <summary>Another attempt took its place: the config or the builder changed, or a newer request came.</summary>
    Superseded,

    /// <summary>Somebody cancelled the build.</summary>
    BuildCancelled,

    /// <summary>The build took more memory than it was given.</summary>
    OutOfMemory,

    /// <summary>An image could not be fetched, by no fault of the credentials that is known.</summary>
    PullFailed,

    /// <summary>The image could not be pushed, by no fault of the credentials that is known.</summary>
    PushFailed,

    /// <summary>A registry said no: credentials, quota, a tag that may not change, an image that it does not have.</summary>
    RegistryRefused,

    /// <summary>The cluster's build controller could not start the build.</summary>
    BuilderUnavailable,
}

/// <summary>What failure reasons mean.</summary>
public static class FailureReasons
{
    /// <summary>
    /// Whether the cluster is to blame and not the admin: such an attempt is retried by itself, within the same limit.
    /// </summary>
    public static bool IsInfrastructure(this FailureReason reason) => reason is
        FailureReason.Evicted or FailureReason.NodeLost or FailureReason.Preempted or FailureReason.BuildDeleted
        or FailureReason.PullFailed or FailureReason.PushFailed or FailureReason.BuilderUnavailable;
}
