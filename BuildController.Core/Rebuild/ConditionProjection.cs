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
            return present;

        (string type, string reason, string message) = phase switch
        {
            BuildPhase.Pending pending => (PoolConditionTypes.BuildPending, "BuildPending", pending.Message),
            BuildPhase.Building building => (PoolConditionTypes.Building, "BuildRunning", building.Message),
            BuildPhase.Succeeded succeeded => (PoolConditionTypes.BuildSuccess, "BuildSucceeded", succeeded.Message),
            BuildPhase.Interrupted interrupted => (PoolConditionTypes.BuildInterrupted, "BuildInterrupted", interrupted.Message),
            BuildPhase.Failed failed => (PoolConditionTypes.BuildFailed, failed.Reason.ToString(), failed.Message),
            _ => throw new InvalidOperationException($"Unknown phase {phase}."),
        };

        IReadOnlyList<PoolCondition> conditions = present;
        foreach (string other in BuildTypes)
        {
            if (other != type && (other != PoolConditionTypes.ImageBuildDegraded || phase is not BuildPhase.Failed))
                conditions = conditions.With(other, isTrue: false, string.Empty, string.Empty, now);
        }

        conditions = conditions.With(type, isTrue: true, reason, message, now);
        return phase is BuildPhase.Failed failure ? Degrade(conditions, failure, now, degradedInterval) : Recover(conditions, now);
    }

    /// <summary>The conditions of a pool that is no longer built for: without ours; the same list if there are none.</summary>
    public static IReadOnlyList<PoolCondition> Clear(IReadOnlyList<PoolCondition> present, DateTimeOffset now) =>
        Recover(present.Without(BuildTypes), now);

    /// <summary>
    /// The node controller recomputes <c>Degraded</c> from causes that ours is not among: were it asserted at once each time,
    /// the two would write as fast as they can.
    /// </summary>
    private static IReadOnlyList<PoolCondition> Degrade(
        IReadOnlyList<PoolCondition> present, BuildPhase.Failed failure, DateTimeOffset now, TimeSpan degradedInterval)
    {
        string reason = failure.IsLimitReached ? nameof(PoolEventReason.RetryLimitReached) : nameof(FailureReason.BuildFailed);
        IReadOnlyList<PoolCondition> told = present.With(PoolConditionTypes.ImageBuildDegraded, isTrue: true, reason, failure.Message, now);
        bool wasToldBefore = ReferenceEquals(told, present);
        bool wasTakenBackJustNow = present.Find(PoolConditionTypes.Degraded) is { Status: "False", LastTransitionTime: { } since }
            && now >= since && now - since < degradedInterval;
        return wasToldBefore && wasTakenBackJustNow
            ? told
            : told.With(PoolConditionTypes.Degraded, isTrue: true, reason, failure.Message, now);
    }

    /// <summary>Takes back a <c>Degraded</c> that was ours; one that somebody else set stays.</summary>
    private static IReadOnlyList<PoolCondition> Recover(IReadOnlyList<PoolCondition> conditions, DateTimeOffset now) =>
        conditions.Find(PoolConditionTypes.Degraded) is { IsTrue: true } degraded && DegradedReasons.Contains(degraded.Reason)
            && !conditions.IsTrue(PoolConditionTypes.NodeDegraded) && !conditions.IsTrue(PoolConditionTypes.RenderDegraded)
            ? conditions.With(PoolConditionTypes.Degraded, isTrue: false, string.Empty, string.Empty, now)
            : conditions;
}
