namespace BuildController.Core.Rebuild;

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

    /// <summary>
    /// A mark of its inputs, to see when they change: of all of them if they were found invalid, otherwise of those that go into the image.
    /// </summary>
    public string? Inputs { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its end was recorded.</summary>
    public required DateTimeOffset Finished { get; init; }
}
