using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>
/// Derives a pool's conditions from the phase of its builds. The conditions are re-asserted at each sync, because other
/// controllers write the same list; <c>NodeDegraded</c> and <c>RenderDegraded</c> are theirs and never written here.
/// </summary>
internal static class ConditionProjection
{
    private static readonly string[] BuildTypes =
    [
        PoolConditionTypes.BuildInterrupted, PoolConditionTypes.BuildFailed, PoolConditionTypes.BuildSuccess,
        PoolConditionTypes.BuildPending, PoolConditionTypes.Building, PoolConditionTypes.ImageBuildDegraded,
    ];

    /// <summary>The reasons by which a <c>Degraded</c> condition is known to be ours.</summary>
    private static readonly string[] DegradedReasons = [nameof(FailureReason.BuildFailed), nameof(PoolEventReason.RetryLimitReached)];

    /// <summary>The conditions as they should be; the same list if they are so already.</summary>
    /// <param name="present">The conditions as they are.</param>
    /// <param name="phase">What they should say.</param>
    /// <param name="now">The time.</param>
    /// <param name="degradedInterval">How long a <c>Degraded</c> that somebody took back stays so.</param>
    public static IReadOnlyList<PoolCondition> Project(IReadOnlyList<PoolCondition> present, BuildPhase phase, DateTimeOffset now, TimeSpan degradedInterval)
    {
        if (phase is BuildPhase.NotBuilt)
            return IsBlocked(present) ? present.With(PoolConditionTypes.ImageBuildDegraded, isTrue: false, string.Empty, string.Empty, now) : present;

        Wanted wanted = WantedIn(phase, present);
        IReadOnlyList<PoolCondition> conditions = wanted.SaidBy(present, now);
        return phase is BuildPhase.Failed
            ? Degrade(conditions, wanted.Degraded!, isNews: !ReferenceEquals(conditions, present), now, degradedInterval)
            : Recover(conditions, now);
    }

    /// <summary>The conditions of a pool that is no longer built for: without ours; the same list if there are none.</summary>
    public static IReadOnlyList<PoolCondition> Clear(IReadOnlyList<PoolCondition> present, DateTimeOffset now) =>
        Recover(present.Without(BuildTypes), now);

    /// <summary>The conditions of a pool whose build the API does not let go on; the same list if they say so already.</summary>
    public static IReadOnlyList<PoolCondition> Block(IReadOnlyList<PoolCondition> present, string message, DateTimeOffset now) =>
        present.With(PoolConditionTypes.ImageBuildDegraded, isTrue: true, nameof(PoolEventReason.BuildBlocked), message, now);

    private static bool IsBlocked(IReadOnlyList<PoolCondition> present) =>
        present.Find(PoolConditionTypes.ImageBuildDegraded) is { IsTrue: true, Reason: nameof(PoolEventReason.BuildBlocked) };

    private static Wanted WantedIn(BuildPhase phase, IReadOnlyList<PoolCondition> present) => phase switch
    {
        // Whether the way is free is not known before the build object is there.
        BuildPhase.Pending pending => new Wanted(
            PoolConditionTypes.BuildPending, "BuildPending", pending.Message,
            Degraded: !pending.HasBuild && IsBlocked(present) ? present.Find(PoolConditionTypes.ImageBuildDegraded) : null),
        BuildPhase.Building building => new Wanted(PoolConditionTypes.Building, "BuildRunning", building.Message, Degraded: null),
        BuildPhase.Succeeded succeeded => new Wanted(PoolConditionTypes.BuildSuccess, "BuildSucceeded", succeeded.Message, Degraded: null),
        BuildPhase.Interrupted interrupted => new Wanted(PoolConditionTypes.BuildInterrupted, "BuildInterrupted", interrupted.Message, Degraded: null),
        BuildPhase.Failed failed => new Wanted(
            PoolConditionTypes.BuildFailed, failed.Reason.ToString(), failed.Message,
            new PoolCondition
            {
                Reason = failed.IsLimitReached ? nameof(PoolEventReason.RetryLimitReached) : nameof(FailureReason.BuildFailed),
                Message = failed.Message,
            }),
        _ => throw new InvalidOperationException($"Unknown phase {phase}."),
    };

    /// <summary>
    /// The node controller recomputes <c>Degraded</c> from causes that ours is not among: were it asserted at once each time,
    /// the two would write as fast as they can.
    /// </summary>
    private static IReadOnlyList<PoolCondition> Degrade(
        IReadOnlyList<PoolCondition> told, PoolCondition degraded, bool isNews, DateTimeOffset now, TimeSpan degradedInterval)
    {
        bool wasTakenBackJustNow = told.Find(PoolConditionTypes.Degraded) is { Status: "False", LastTransitionTime: { } since }
            && now >= since && now - since < degradedInterval;
        return !isNews && wasTakenBackJustNow
            ? told
            : told.With(PoolConditionTypes.Degraded, isTrue: true, degraded.Reason, degraded.Message, now);
    }

    /// <summary>Takes back a <c>Degraded</c> that was ours; one that somebody else set stays.</summary>
    private static IReadOnlyList<PoolCondition> Recover(IReadOnlyList<PoolCondition> conditions, DateTimeOffset now) =>
        conditions.Find(PoolConditionTypes.Degraded) is { IsTrue: true } degraded && DegradedReasons.Contains(degraded.Reason)
            && !conditions.IsTrue(PoolConditionTypes.NodeDegraded) && !conditions.IsTrue(PoolConditionTypes.RenderDegraded)
            ? conditions.With(PoolConditionTypes.Degraded, isTrue: false, string.Empty, string.Empty, now)
            : conditions;

    /// <summary>What our conditions should say: one of them is true, and perhaps <c>ImageBuildDegraded</c> too.</summary>
    /// <param name="Type">The one that is true.</param>
    /// <param name="Reason">Its reason.</param>
    /// <param name="Message">Its message.</param>
    /// <param name="Degraded">Reason and message of <c>ImageBuildDegraded</c>, or null if it is false.</param>
    private sealed record Wanted(string Type, string Reason, string Message, PoolCondition? Degraded)
    {
        public IReadOnlyList<PoolCondition> SaidBy(IReadOnlyList<PoolCondition> present, DateTimeOffset now)
        {
            IReadOnlyList<PoolCondition> conditions = present;
            foreach (string other in BuildTypes)
            {
                if (other != Type && (other != PoolConditionTypes.ImageBuildDegraded || Degraded is null))
                    conditions = conditions.With(other, isTrue: false, string.Empty, string.Empty, now);
            }

            conditions = conditions.With(Type, isTrue: true, Reason, Message, now);
            return Degraded is null
                ? conditions
                : conditions.With(PoolConditionTypes.ImageBuildDegraded, isTrue: true, Degraded.Reason, Degraded.Message, now);
        }
    }
}
