using BuildController.Core.Model;
using BuildController.Core.Rebuild;

namespace BuildController.Host.Pools;

/// <summary>How far a request to rebuild is, as the pool tells it. Pure: the same pool gives the same answer.</summary>
/// <param name="Stage">How far.</param>
/// <param name="Message">The same, for people.</param>
internal sealed record RebuildProgress(RebuildStage Stage, string Message)
{
    /// <summary>Whether nothing further will come of the request.</summary>
    public bool IsOver => Stage is RebuildStage.Built or RebuildStage.Failed or RebuildStage.Refused or RebuildStage.Replaced or RebuildStage.Gone;

    /// <param name="pool">The pool; null if it is gone.</param>
    /// <param name="request">The request's identity.</param>
    public static RebuildProgress Of(MachineConfigPool? pool, string request)
    {
        if (pool is null)
            return new RebuildProgress(RebuildStage.Gone, "the pool was deleted");

        BuildState state = BuildState.Of(pool.Metadata);
        if (state.Serving is { } serving && serving.Trigger == request)
            return Served(pool, serving);

        string? carried = RebuildTrigger.Of(pool.Metadata)?.Identity;
        if (carried == request)
            return new RebuildProgress(RebuildStage.Requested, Waiting(pool, state));

        // What ended last counts: an interrupted attempt is followed by another of the same request.
        if (state.History.LastOrDefault(ended => ended.Trigger == request) is { } end)
            return Ended(pool, end);

        return carried is null
            ? new RebuildProgress(RebuildStage.Refused, Refusal(pool))
            : new RebuildProgress(RebuildStage.Replaced, $"another request, '{carried}', took its place before it was accepted");
    }

    private static RebuildProgress Served(MachineConfigPool pool, BuildAttempt serving)
    {
        string kind = serving.Kind == AttemptKind.Retry ? " again, after an interruption" : string.Empty;
        if (Find(pool, PoolConditionTypes.Building) is { } building)
            return new RebuildProgress(RebuildStage.Building, building.Message.Length > 0 ? building.Message : $"{serving.Config} is built{kind}");

        return new RebuildProgress(RebuildStage.Accepted, Find(pool, PoolConditionTypes.BuildPending)?.Message is { Length: > 0 } message ? message : $"{serving.Config} is prepared{kind}");
    }

    private static RebuildProgress Ended(MachineConfigPool pool, FinishedAttempt end) => end.Outcome == AttemptOutcome.Succeeded
        ? new RebuildProgress(RebuildStage.Built, pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.NewestImage) is { } image && end.Digest is { } digest && image.EndsWith(digest, StringComparison.Ordinal) ? image : end.Digest ?? end.Config)
        : new RebuildProgress(RebuildStage.Failed, $"{end.Reason}: {end.Message}");

    private static string Waiting(MachineConfigPool pool, BuildState state)
    {
        if (state.Serving is { } other)
            return $"waits: {other.Config} is built for another reason";

        return Find(pool, PoolConditionTypes.RenderDegraded) is { } render ? $"waits: the pool's configuration cannot be rendered: {render.Message}" : "waits to be accepted";
    }

    private static string Refusal(MachineConfigPool pool)
    {
        if (!pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled))
            return $"the pool is not layered any more: label it {PoolKeys.LayeringEnabled}";

        string retries = pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildRetries, "none");
        return $"the retry limit is reached ({retries} retries). Mend the cause, remove the counter (kubectl annotate mcp {pool.Metadata.Name} {PoolKeys.BuildRetries}-), and ask again";
    }

    private static PoolCondition? Find(MachineConfigPool pool, string type) => pool.Status.Conditions.LastOrDefault(one => one.Type == type && one.Status == "True");
}

/// <summary>How far a request to rebuild is.</summary>
internal enum RebuildStage
{
    /// <summary>It stands on the pool.</summary>
    Requested,

    /// <summary>It is served, and nothing runs yet.</summary>
    Accepted,

    /// <summary>Its build runs.</summary>
    Building,

    /// <summary>Its image is there.</summary>
    Built,

    /// <summary>Its build failed.</summary>
    Failed,

    /// <summary>It was turned down.</summary>
    Refused,

    /// <summary>Another request took its place.</summary>
    Replaced,

    /// <summary>The pool is not there any more.</summary>
    Gone,
}
