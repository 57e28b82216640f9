using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using BuildController.Core.Images;
using BuildController.Core.Rebuild;
using BuildController.Informers.Execution;

namespace BuildController.Core.Diagnostics;

/// <summary>Counts what was recorded on pools, and writes a span for each attempt that has ended. Called once a patch was applied.</summary>
internal sealed class BuildMetrics
{
    /// <summary>From a failure at once to the longest deadline that anybody sets.</summary>
    private static readonly double[] Boundaries = [1, 5, 15, 30, 60, 120, 180, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 7200, 14400];

    private static readonly ActivitySource Source = new(ImageBuildTelemetry.Name);
    private static readonly Meter SharedMeter = new(ImageBuildTelemetry.Name);
    private static readonly ConditionalWeakTable<Meter, BuildMetrics> ByMeter = [];

    private readonly Lock gate = new();
    private readonly HashSet<Func<int>> active = [];
    private readonly Histogram<double> durations;
    private readonly Counter<long> builds;
    private readonly Counter<long> requests;
    private readonly Counter<long> retries;

    private BuildMetrics(Meter meter)
    {
        durations = meter.CreateHistogram(
            ImageBuildTelemetry.BuildDuration, "s", "How long attempts took from their acceptance to their end.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Boundaries });
        builds = meter.CreateCounter<long>(ImageBuildTelemetry.Builds, "{build}", "Attempts that have ended, by outcome and reason.");
        requests = meter.CreateCounter<long>(ImageBuildTelemetry.RebuildRequests, "{request}", "Requests to rebuild that were answered, by result.");
        retries = meter.CreateCounter<long>(ImageBuildTelemetry.BuildRetries, "{build}", "Attempts begun by themselves after a failure of the cluster's.");
        meter.CreateObservableGauge(ImageBuildTelemetry.ActiveBuilds, CountActive, "{build}", "Pools that an attempt is served for now.");
    }

    public static BuildMetrics Of(OperatorRuntime runtime) =>
        ByMeter.GetValue(runtime.MeterFactory?.Create(ImageBuildTelemetry.Name) ?? SharedMeter, static meter => new BuildMetrics(meter));

    /// <param name="count">Counts the pools that are served; called whenever somebody reads the gauge, from any thread.</param>
    public void Observe(Func<int> count)
    {
        lock (gate)
            active.Add(count);
    }

    public void Forget(Func<int> count)
    {
        lock (gate)
            active.Remove(count);
    }

    /// <summary>A patch was applied to a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="patch">What was applied.</param>
    /// <param name="before">The state that it was applied to.</param>
    public void Recorded(string pool, Plan.PatchPool patch, BuildState before)
    {
        if (patch.Begun is { Kind: AttemptKind.Retry })
            retries.Add(1);

        if (Answered(patch) is { } answer)
            requests.Add(1, new KeyValuePair<string, object?>(ImageBuildTelemetry.ResultTag, answer));

        if (patch.Ended is { } ended)
            End(pool, ended, before.Serving?.Id == ended.Id ? before.Serving : null);
    }

    private static string? Answered(Plan.PatchPool patch)
    {
        foreach (PoolEvent item in patch.Events)
        {
            if (item.Reason == PoolEventReason.RebuildRequested)
                return "accepted";

            if (item.Reason == PoolEventReason.RebuildRefused)
                return "refused";
        }

        // One that never was an attempt: the inputs did not allow it.
        return patch is { Ended: { Reason: FailureReason.InvalidBuildInputs, Trigger: not null } ended } && ended.Started == ended.Finished ? "invalid" : null;
    }

    private void End(string pool, FinishedAttempt ended, BuildAttempt? served)
    {
        var outcome = new KeyValuePair<string, object?>(ImageBuildTelemetry.OutcomeTag, ended.Outcome.ToString());
        builds.Add(1, outcome, new(ImageBuildTelemetry.ReasonTag, ended.Reason.ToString()));
        durations.Record(Math.Max(0, (ended.Finished - ended.Started).TotalSeconds), outcome);
        if (!Source.HasListeners())
            return;

        using Activity? span = Source.StartActivity(ActivityKind.Internal, ContextOf(ended.Id), startTime: ended.Started, name: ImageBuildTelemetry.AttemptSpan);
        if (span is null)
            return;

        span.SetTag(ImageBuildTelemetry.PoolTag, pool);
        span.SetTag(ImageBuildTelemetry.ConfigTag, ended.Config);
        span.SetTag(ImageBuildTelemetry.AttemptTag, ended.Id);
        span.SetTag(ImageBuildTelemetry.OutcomeTag, ended.Outcome.ToString());
        span.SetTag(ImageBuildTelemetry.ReasonTag, ended.Reason.ToString());
        if (served is not null)
        {
            span.SetTag(ImageBuildTelemetry.BuilderTag, served.Builder.Text());
            span.SetTag(ImageBuildTelemetry.KindTag, served.Kind.ToString());
        }

        if (ended.Outcome != AttemptOutcome.Succeeded)
            span.SetStatus(ActivityStatusCode.Error, ended.Message);

        span.SetEndTime(ended.Finished.UtcDateTime);
    }

    /// <summary>The same trace for whoever looks for an attempt, in whichever process its end was seen.</summary>
    private static ActivityContext ContextOf(string attempt)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(attempt));
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash.AsSpan(0, 16)), ActivitySpanId.CreateFromBytes(hash.AsSpan(16, 8)), ActivityTraceFlags.Recorded);
    }

    private int CountActive()
    {
        Func<int>[] counts;
        lock (gate)
            counts = [.. active];

        return counts.Sum(static count => count());
    }
}
