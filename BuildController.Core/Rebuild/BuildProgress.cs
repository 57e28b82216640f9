namespace BuildController.Core.Rebuild;

/// <summary>How far a build object is, whichever builder made it.</summary>
internal abstract record BuildProgress
{
    private BuildProgress()
    {
    }

    /// <summary>Whether the build has ended, one way or the other.</summary>
    public bool IsFinished => this is Succeeded or Failed;

    /// <summary>It does not run yet.</summary>
    /// <param name="Message">What it waits for, or null if that is not known.</param>
    public sealed record Pending(string? Message) : BuildProgress;

    /// <summary>It runs.</summary>
    public sealed record Running : BuildProgress;

    /// <summary>It cannot be told now, for example because the node does not answer.</summary>
    public sealed record Unknown : BuildProgress;

    /// <summary>It has pushed an image.</summary>
    /// <param name="FinishedAt">When it ended, or null if that is not known.</param>
    public sealed record Succeeded(DateTimeOffset? FinishedAt) : BuildProgress;

    /// <summary>It has failed.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Message">The same, for people.</param>
    /// <param name="StillOccupied">Whether something of it still runs and must be stopped.</param>
    public sealed record Failed(FailureReason Reason, string Message, bool StillOccupied) : BuildProgress;
}
