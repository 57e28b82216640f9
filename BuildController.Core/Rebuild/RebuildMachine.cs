using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>
/// Decides what to do next for a pool. A pure function of one observation: no I/O, no clock, no randomness, no memory; the
/// same observation gives the same plan, so a crash between any two steps is answered by looking again.
/// </summary>
/// <remarks>
/// The order that everything rests on: an attempt is accepted (written to the pool, conditioned on the version that was
/// observed) before anything is deleted or created; its result is recorded in one patch before anything is cleaned up.
/// docs/rebuild.md tells the whole story.
/// </remarks>
internal static partial class RebuildMachine
{
    /// <summary>Decides the next step.</summary>
    public static Plan Decide(PoolObservation observation, RebuildPolicy policy)
    {
        if (observation.Pool is null)
            return CleanUpAll(observation) ?? Plan.Settle.Instance;

        var view = new PoolView(observation.Pool, observation.Annotations!, policy);
        if (view.IsGoing)
            return CleanUpAll(observation) ?? Plan.Settle.Instance;

        if (!view.IsLayered)
            return OptOut(view, observation);

        if (Repair(view) is { } repair)
            return repair;

        return view.State.Serving is { } attempt ? Serve(view, observation, attempt) : Idle(view, observation);
    }

    /// <summary>
    /// What to write when the API keeps refusing a step: the pool says what is in the way, and the next attempt to go on is the caller's.
    /// It stays until a step further was possible.
    /// </summary>
    /// <param name="observation">The world.</param>
    /// <param name="problem">What is refused, and why.</param>
    /// <returns>Null if the pool says so already, or is none that is built for.</returns>
    public static Plan? Block(PoolObservation observation, string problem)
    {
        if (observation.Pool is null)
            return null;

        var view = new PoolView(observation.Pool, observation.Annotations!, RebuildPolicy.Default);
        if (view.IsGoing || !view.IsLayered)
            return null;

        string message = $"The build of {view.Config} cannot go on: {Shorten(problem, LongestMessage)} It is tried again every minute, and goes on by itself once this is mended.";
        IReadOnlyList<PoolCondition> told = ConditionProjection.Block(view.Conditions, message, observation.Now);
        return ReferenceEquals(told, view.Conditions)
            ? null
            : new Plan.PatchConditions(told) { Events = [new PoolEvent(PoolEventReason.BuildBlocked, message)] };
    }

    /// <summary>A pool that is not layered: whatever was built for it goes, and what was remembered, and the rest is left alone.</summary>
    private static Plan OptOut(PoolView view, PoolObservation observation)
    {
        if (CleanUpAll(observation) is { } cleanUp)
            return cleanUp;

        // Once all objects are gone, so that what is remembered still leads to them if we crash before.
        PoolEvent[] events = view.Trigger is null
            ? []
            : [new(PoolEventReason.RebuildRefused, $"The pool is not layered: label it {PoolKeys.LayeringEnabled} to have its image built. The request was removed.")];
        Plan? forget = new PoolPatchBuilder(view)
            .Remove(PoolKeys.BuildState)
            .Remove(PoolKeys.BuildRetries)
            .Remove(PoolKeys.NewestImage)
            .RemoveTrigger(view.Trigger?.Identity)
            .IfAny(events);

        IReadOnlyList<PoolCondition> cleared = ConditionProjection.Clear(view.Conditions, observation.Now);
        return forget ?? (ReferenceEquals(cleared, view.Conditions) ? Plan.Settle.Instance : new Plan.PatchConditions(cleared));
    }

    /// <summary>Removes annotations of ours that cannot be read: from then on they are absent, for us and for everybody.</summary>
    private static Plan.PatchPool? Repair(PoolView view)
    {
        if (!view.IsStateMalformed && !view.AreRetriesMalformed)
            return null;

        var patch = new PoolPatchBuilder(view);
        var events = new List<PoolEvent>();
        if (view.IsStateMalformed)
            Drop(PoolKeys.BuildState);

        if (view.AreRetriesMalformed)
            Drop(PoolKeys.BuildRetries);

        return patch.With(events);

        void Drop(string annotation)
        {
            patch.Remove(annotation);
            events.Add(new PoolEvent(PoolEventReason.MalformedAnnotation, $"The annotation {annotation} had the unreadable value '{Shorten(view.Annotation(annotation)!, 40)}' and was removed."));
        }
    }

    private static Plan? CleanUpAll(PoolObservation observation) => CleanUp(observation.Objects, view: null);

    /// <summary>Asks objects to go that were not asked yet, then waits for the rest; null when all are gone.</summary>
    private static Plan? CleanUp(IReadOnlyList<OwnedObject> objects, PoolView? view)
    {
        if (objects.Count == 0)
            return null;

        OwnedObject[] left = [.. objects.Where(static item => !item.IsTerminating)];
        return left.Length > 0
            ? new Plan.DeleteObjects(left)
            : new Plan.Wait(ToBeGone(objects), (view?.Policy ?? RebuildPolicy.Default).DeletionRecheck);
    }

    private static string ToBeGone(IEnumerable<OwnedObject> objects) =>
        $"{string.Join(", ", objects.Select(static item => $"{item.Kind} {item.Name}"))} to be gone";

    /// <summary>The objects of other attempts.</summary>
    /// <param name="observation">The world.</param>
    /// <param name="attemptId">The attempt whose objects are no leftovers, or null.</param>
    private static List<OwnedObject> Leftovers(PoolObservation observation, string? attemptId)
    {
        var leftovers = new List<OwnedObject>();
        foreach (OwnedObject item in observation.Objects)
        {
            if (item.AttemptId != attemptId)
                leftovers.Add(item);
        }

        return leftovers;
    }

    /// <summary>The plan that makes the conditions say what they should, or null if they do.</summary>
    private static Plan.PatchConditions? Assert(PoolView view, PoolObservation observation, BuildPhase phase)
    {
        IReadOnlyList<PoolCondition> present = view.Conditions;
        IReadOnlyList<PoolCondition> wanted = ConditionProjection.Project(present, phase, observation.Now, view.Policy.DegradedInterval);
        return ReferenceEquals(wanted, present) ? null : new Plan.PatchConditions(wanted);
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");
}
