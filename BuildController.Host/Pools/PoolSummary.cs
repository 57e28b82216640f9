using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;

namespace BuildController.Host.Pools;

/// <summary>What an admin wants to know of a pool's image.</summary>
internal sealed record PoolSummary
{
    public required string Name { get; init; }

    /// <summary>How far its image is.</summary>
    public required PoolPhase Phase { get; init; }

    /// <summary>The rendered config that it should have.</summary>
    public string? Config { get; init; }

    /// <summary>The newest image that was built; it stays when a later build fails.</summary>
    public string? Image { get; init; }

    /// <summary>How many attempts since the last success, the one under way among them.</summary>
    public int Attempts { get; init; }

    /// <summary>The request to rebuild that has not been completed; null if there is none.</summary>
    public string? Request { get; init; }

    /// <summary>Why the last attempt that ended without an image did; null if an image was built since.</summary>
    public string? LastError { get; init; }

    /// <summary>Since when it is in its phase; null if nothing says so.</summary>
    public DateTimeOffset? Since { get; init; }

    public static PoolSummary Of(MachineConfigPool pool)
    {
        BuildState state = BuildState.Of(pool.Metadata);
        PoolCondition? condition = pool.Status.Conditions.LastOrDefault(static one => one.Status == "True" && PhaseOf(one.Type) is not null);
        bool isLayered = pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled);
        int failures = state.History.Reverse().TakeWhile(static ended => ended.Outcome != AttemptOutcome.Succeeded).Count() + (state.Serving is null ? 0 : 1);
        _ = int.TryParse(Annotation(pool, PoolKeys.BuildRetries), NumberStyles.None, CultureInfo.InvariantCulture, out int retries);
        return new PoolSummary
        {
            Name = pool.Metadata.Name,
            Phase = isLayered ? PhaseOf(pool, condition) : PoolPhase.NotLayered,
            Config = pool.Spec.Configuration?.Name is { Length: > 0 } config ? config : null,
            Image = Annotation(pool, PoolKeys.NewestImage),
            Attempts = Math.Max(failures, retries),
            Request = RebuildTrigger.Of(pool.Metadata)?.Identity,
            LastError = ErrorOf(pool, state),
            Since = isLayered ? condition?.LastTransitionTime : null,
        };
    }

    /// <summary>The summary for programs: members that say nothing are left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["phase"] = Phase.ToString() };
        Add("config", Config);
        Add("image", Image);
        json["attempts"] = Attempts;
        Add("request", Request);
        Add("lastError", LastError);
        Add("since", Since is { } since ? Rfc3339.Format(since) : null);
        return json;

        void Add(string member, string? value)
        {
            if (value is not null)
                json[member] = value;
        }
    }

    private static PoolPhase PhaseOf(MachineConfigPool pool, PoolCondition? condition)
    {
        PoolPhase phase = condition is null ? PoolPhase.NotBuilt : PhaseOf(condition.Type)!.Value;
        return phase == PoolPhase.Failed && Degraded(pool)?.Reason == nameof(PoolEventReason.RetryLimitReached) ? PoolPhase.RetryLimitReached : phase;
    }

    private static PoolPhase? PhaseOf(string type) => type switch
    {
        PoolConditionTypes.BuildPending => PoolPhase.Pending,
        PoolConditionTypes.Building => PoolPhase.Building,
        PoolConditionTypes.BuildSuccess => PoolPhase.Built,
        PoolConditionTypes.BuildFailed => PoolPhase.Failed,
        PoolConditionTypes.BuildInterrupted => PoolPhase.Interrupted,
        _ => null,
    };

    private static string? ErrorOf(MachineConfigPool pool, BuildState state)
    {
        if (Degraded(pool) is { Message.Length: > 0 } degraded)
            return $"{degraded.Reason}: {degraded.Message}";

        return state.Last is { } last && last.Outcome != AttemptOutcome.Succeeded ? $"{last.Reason}: {last.Message}" : null;
    }

    private static PoolCondition? Degraded(MachineConfigPool pool) =>
        pool.Status.Conditions.LastOrDefault(static one => one.Type == PoolConditionTypes.ImageBuildDegraded && one.Status == "True");

    private static string? Annotation(MachineConfigPool pool, string key) => pool.Metadata.Annotations.GetValueOrDefault(key);
}
