namespace BuildController.Core.Model;

/// <summary>The condition types that the build controller writes or reads.</summary>
public static class PoolConditionTypes
{
    /// <summary>A build is accepted and not running yet.</summary>
    public const string BuildPending = "BuildPending";

    /// <summary>A build runs.</summary>
    public const string Building = "Building";

    /// <summary>The newest build succeeded; the image annotation names its result.</summary>
    public const string BuildSuccess = "BuildSuccess";

    /// <summary>The newest build failed; the image annotation still names the last good result.</summary>
    public const string BuildFailed = "BuildFailed";

    /// <summary>The newest build was ended by something else than its own fault, and will be tried again.</summary>
    public const string BuildInterrupted = "BuildInterrupted";

    /// <summary>The pool has no image for what it asks for, because the newest build failed.</summary>
    public const string ImageBuildDegraded = "ImageBuildDegraded";

    /// <summary>The pool's summary, shared with the node controller, which recomputes it on its own.</summary>
    public const string Degraded = "Degraded";

    /// <summary>Written by the node controller, read here: it stops ordinary builds.</summary>
    public const string NodeDegraded = "NodeDegraded";

    /// <summary>Written by the render controller, read here: it stops every build.</summary>
    public const string RenderDegraded = "RenderDegraded";
}
