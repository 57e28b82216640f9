namespace BuildController.Core.Rebuild;

/// <summary>What an admin is told about a pool, in the order in which it usually happens.</summary>
public enum PoolEventReason
{
    /// <summary>A request to rebuild was accepted.</summary>
    RebuildRequested,

    /// <summary>A build object was created.</summary>
    BuildStarted,

    /// <summary>An image was built and recorded.</summary>
    BuildSucceeded,

    /// <summary>An attempt failed.</summary>
    BuildFailed,

    /// <summary>An attempt was ended by something else than its own fault.</summary>
    BuildInterrupted,

    /// <summary>An interrupted attempt is tried again by itself.</summary>
    BuildRetried,

    /// <summary>The last retry allowed has failed.</summary>
    RetryLimitReached,

    /// <summary>A request to rebuild was turned down.</summary>
    RebuildRefused,

    /// <summary>The inputs of a build cannot be built from.</summary>
    InvalidBuildInputs,

    /// <summary>A build is wanted, and waits for something.</summary>
    BuildWaiting,

    /// <summary>An annotation of ours could not be read and was removed.</summary>
    MalformedAnnotation,

    /// <summary>The API keeps refusing what a build needs.</summary>
    BuildBlocked,
}

/// <summary>One thing to tell about a pool.</summary>
/// <param name="Reason">What happened.</param>
/// <param name="Message">The same, for people.</param>
internal sealed record PoolEvent(PoolEventReason Reason, string Message)
{
    /// <summary>Whether an admin should look.</summary>
    public bool IsWarning => Reason is not (PoolEventReason.RebuildRequested or PoolEventReason.BuildStarted
        or PoolEventReason.BuildSucceeded or PoolEventReason.BuildRetried);
}
