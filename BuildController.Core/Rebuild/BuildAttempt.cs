using BuildController.Core.Images;

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

    /// <summary>Who builds it.</summary>
    public required ImageBuilderType Builder { get; init; }

    /// <summary>Where it is pushed to, with tag: fixed at acceptance, whatever is configured later.</summary>
    public required string Pullspec { get; init; }

    /// <summary>A mark of the inputs that go into the image, to see later whether they have changed; null in what an older version wrote.</summary>
    public string? Inputs { get; init; }

    /// <summary>The UID of the build object once it was seen, so that its disappearance is noticed; null before.</summary>
    public string? BuildUid { get; init; }
}
