namespace BuildController.Core.Rebuild;

/// <summary>The attempt that a pool is served by now. Written to the pool before anything is deleted or created.</summary>
public sealed record BuildAttempt
{
    /// <summary>The id, never used twice in a cluster; every object of the attempt carries it as a label.</summary>
    public required string Id { get; init; }

    /// <summary>Why it was begun.</summary>
    public required AttemptKind Kind { get; init; }

    /// <summary>The rendered config that is built.</summary>
    public required string Config { get; init; }

    /// <summary>The identity of the request that this attempt serves, or null if it serves none.</summary>
    public string? Trigger { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it must be done.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Who builds it, <c>custom-pod-builder</c> or <c>openshift-image-builder</c>.</summary>
    public required string Builder { get; init; }

    /// <summary>Where it is pushed to, with tag: fixed at acceptance, whatever is configured later.</summary>
    public required string Pullspec { get; init; }

    /// <summary>The UID of the build object once it was seen, so that its disappearance is noticed; null before.</summary>
    public string? BuildUid { get; init; }
}

/// <summary>How an attempt ended.</summary>
public enum AttemptOutcome
{
    /// <summary>With an image.</summary>
    Succeeded,

    /// <summary>Without one.</summary>
    Failed,

    /// <summary>Without one, and through no fault of its own; another attempt follows.</summary>
    Interrupted,
}

/// <summary>An attempt that has ended.</summary>
public sealed record FinishedAttempt
{
    /// <summary>The attempt's id.</summary>
    public required string Id { get; init; }

    /// <summary>The rendered config that it was of.</summary>
    public required string Config { get; init; }

    /// <summary>The identity of the request that it served, or null.</summary>
    public string? Trigger { get; init; }

    /// <summary>How it ended.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>Why it failed or was interrupted.</summary>
    public FailureReason Reason { get; init; }

    /// <summary>The same, for people; shortened to what a condition should carry.</summary>
    public string? Message { get; init; }

    /// <summary>The digest of the image, if it succeeded.</summary>
    public string? Digest { get; init; }

    /// <summary>A fingerprint of the inputs that were found invalid, to see when they change; otherwise null.</summary>
    public string? Inputs { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its end was recorded.</summary>
    public required DateTimeOffset Finished { get; init; }
}
