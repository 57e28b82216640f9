namespace BuildController.Core.Diagnostics;

/// <summary>The names of the build controller's meter and trace source, their instruments, spans and tags. They are API.</summary>
public static class ImageBuildTelemetry
{
    /// <summary>The meter and the trace source: what to give to <c>AddMeter</c> and <c>AddSource</c>.</summary>
    public const string Name = "BuildController.Core";

    /// <summary>Histogram: seconds from the acceptance of an attempt until its end was recorded, by <see cref="OutcomeTag"/>.</summary>
    public const string BuildDuration = "build_duration_seconds";

    /// <summary>Counter: attempts that have ended, by <see cref="OutcomeTag"/> and <see cref="ReasonTag"/>.</summary>
    public const string Builds = "builds_total";

    /// <summary>Counter: requests to rebuild that were answered, by <see cref="ResultTag"/>.</summary>
    public const string RebuildRequests = "rebuild_requests_total";

    /// <summary>Counter: attempts that were begun by themselves, because the one before was a victim of the cluster.</summary>
    public const string BuildRetries = "build_retries_total";

    /// <summary>Gauge: pools that an attempt is served for now.</summary>
    public const string ActiveBuilds = "active_builds";

    /// <summary>Tag: <c>Succeeded</c>, <c>Failed</c> or <c>Interrupted</c>.</summary>
    public const string OutcomeTag = "outcome";

    /// <summary>Tag: the reason of the failure, as conditions give it; <c>None</c> for a success.</summary>
    public const string ReasonTag = "reason";

    /// <summary>Tag: <c>accepted</c>, <c>refused</c> for one at the retry limit or on a pool that is not layered, <c>invalid</c> for one with inputs that cannot be built from.</summary>
    public const string ResultTag = "result";

    /// <summary>
    /// Span: one attempt, from its acceptance to its end, whichever process was there for which part. It is written when the end is recorded,
    /// by the process that records it; its trace id is made from the attempt's id.
    /// </summary>
    public const string AttemptSpan = "image.build";

    /// <summary>Span tag: the pool.</summary>
    public const string PoolTag = "machineconfigpool";

    /// <summary>Span tag: the rendered config.</summary>
    public const string ConfigTag = "machineconfig";

    /// <summary>Span tag: the id of the attempt.</summary>
    public const string AttemptTag = "image.build.attempt";

    /// <summary>Span tag: who built.</summary>
    public const string BuilderTag = "image.build.builder";

    /// <summary>Span tag: why the attempt was begun.</summary>
    public const string KindTag = "image.build.kind";
}
