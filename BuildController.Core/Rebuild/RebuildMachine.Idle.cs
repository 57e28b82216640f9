using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

internal static partial class RebuildMachine
{
    private static Plan Idle(PoolView view, PoolObservation observation)
    {
        if (!view.HasRenderedConfig)
            return Hold(view, $"'{view.Config}' is no rendered config: a build starts once spec.configuration.name is rendered-….");

        // An image from before this memory existed: taken for what the pool wants, so that an upgrade rebuilds nothing.
        if (view.Image is not null && view.State == BuildState.Empty)
            return new PoolPatchBuilder(view).Remember(view.State with { Built = view.Config }).With();

        if (view.Retries > 0 && view.State.Last is { } last && last.Config != view.Config)
            return new PoolPatchBuilder(view).Retries(0).With();

        return (view.Trigger is not null ? Requested(view, observation) : Unrequested(view, observation)) ?? Rest(view, observation);
    }

    /// <summary>What a request on the pool leads to, or null if it waits for a retry that is due later.</summary>
    private static Plan? Requested(PoolView view, PoolObservation observation)
    {
        if (IsRetryPending(view) && view.State.Last!.Trigger == view.Trigger!.Identity)
            return DueRetry(view, observation);

        if (!view.IsNewConfig && view.IsAtRetryLimit)
            return Refuse(view);

        return view.IsRenderDegraded
            ? Hold(view, "The request to rebuild waits: the pool is RenderDegraded, its config cannot be relied on. It goes on by itself.")
            : Accept(view, observation, view.IsNewConfig ? AttemptKind.FirstBuild : AttemptKind.Rebuild);
    }

    /// <summary>Whether the controller should build by itself, or null if not.</summary>
    private static Plan? Unrequested(PoolView view, PoolObservation observation)
    {
        if (IsRetryPending(view))
            return DueRetry(view, observation);

        if (view.State.Last is { Inputs: not null } last && last.Config == view.Config && FollowsInputs(view, last)
            && AfterInputs(view, observation, last) is { } plan)
        {
            return plan;
        }

        // The image annotation was taken away: what was built is no longer known, so it is built again.
        bool isImageLost = view.Image is null && view.State.Built == view.Config && view.State.Last?.Outcome == AttemptOutcome.Succeeded;
        if (!view.IsNewConfig && !isImageLost)
            return null;

        return view.IsNodeDegraded || view.IsRenderDegraded
            ? HoldForOthers(view)
            : Accept(view, observation, AttemptKind.FirstBuild);
    }

    private static Plan.Wait HoldForOthers(PoolView view) =>
        Hold(view, $"The build of {view.Config} waits: the pool is {(view.IsRenderDegraded ? "RenderDegraded" : "NodeDegraded")}. It goes on by itself.");

    private static bool IsRetryPending(PoolView view) => view.State.Last is { Outcome: AttemptOutcome.Interrupted } last
        && last.Reason.IsInfrastructure() && last.Config == view.Config && !view.IsAtRetryLimit;

    private static Plan? DueRetry(PoolView view, PoolObservation observation) =>
        UntilRetry(view, observation) <= TimeSpan.Zero && !view.IsRenderDegraded ? Accept(view, observation, AttemptKind.Retry) : null;

    /// <summary>A clock that was set back since the failure would make the delay longer than it was meant to be: then it is over.</summary>
    private static TimeSpan UntilRetry(PoolView view, PoolObservation observation)
    {
        TimeSpan since = observation.Now - view.State.Last!.Finished;
        return since < TimeSpan.Zero ? TimeSpan.Zero : view.Policy.DelayBeforeRetry(view.Retries) - since;
    }

    /// <summary>Inputs that stopped the last attempt are watched until they are mended; others only where that is wanted.</summary>
    private static bool FollowsInputs(PoolView view, FinishedAttempt last) =>
        last.Reason == FailureReason.InvalidBuildInputs || (view.Policy.RebuildOnInputChange && last.Reason != FailureReason.Superseded);

    private static Plan? AfterInputs(PoolView view, PoolObservation observation, FinishedAttempt last)
    {
        if (observation.Inputs is not { } inputs)
            return new Plan.ObserveInputs();

        bool isUnchanged = last.Inputs == (last.Reason == FailureReason.InvalidBuildInputs ? inputs.Fingerprint : inputs.ContentMark);
        if (isUnchanged)
            return null;

        return last.Reason != FailureReason.InvalidBuildInputs && (view.IsNodeDegraded || view.IsRenderDegraded)
            ? HoldForOthers(view)
            : Accept(view, observation, AttemptKind.InputsChanged);
    }

    /// <summary>Nothing to start: the conditions are asserted, then what is no longer needed goes.</summary>
    private static Plan Rest(PoolView view, PoolObservation observation)
    {
        BuildPhase phase = RestingPhase(view);
        if (Assert(view, observation, phase) is { } conditions)
            return conditions;

        string? kept = KeptAttempt(view);
        if (Unfinished(observation, kept) is { } unfinished)
        {
            // A build that never ran has nothing to look at; one that ran is stopped and kept.
            return unfinished.Progress is BuildProgress.Pending
                ? new Plan.DeleteObjects([unfinished])
                : new Plan.StopBuild(unfinished);
        }

        if (CleanUp(Leftovers(observation, kept), view) is { } cleanUp)
            return cleanUp;

        if (phase is BuildPhase.Failed && !view.Conditions.IsTrue(PoolConditionTypes.Degraded))
            return new Plan.Wait("the time to assert Degraded again", view.Policy.DegradedInterval);

        if (phase is not BuildPhase.Interrupted)
            return Plan.Settle.Instance;

        return UntilRetry(view, observation) is var left && left > TimeSpan.Zero
            ? new Plan.Wait("the next retry", left)
            : new Plan.Wait("the pool not to be RenderDegraded, to retry then", Recheck: null);
    }

    private static OwnedObject? Unfinished(PoolObservation observation, string? kept)
    {
        foreach (OwnedObject item in observation.Objects)
        {
            if (item.AttemptId == kept && NeedsStopping(item))
                return item;
        }

        return null;
    }

    private static bool NeedsStopping(OwnedObject item) => item is { IsTerminating: false, IsStopping: false }
        && item.Progress is BuildProgress.Pending or BuildProgress.Running or BuildProgress.Unknown or BuildProgress.Failed { StillOccupied: true };

    private static BuildPhase RestingPhase(PoolView view)
    {
        if (view.State.Last is not { } last || last.Config != view.Config)
            return view.IsBuilt ? new BuildPhase.Succeeded($"Built {view.Image}.") : BuildPhase.NotBuilt.Instance;

        return last.Outcome switch
        {
            AttemptOutcome.Succeeded => new BuildPhase.Succeeded($"Built {view.Image}."),
            AttemptOutcome.Interrupted when IsRetryPending(view) =>
                new BuildPhase.Interrupted($"The build of {last.Config} was interrupted ({last.Reason}) and will be tried again: {last.Message}"),
            _ when view.IsAtRetryLimit =>
                new BuildPhase.Failed(last.Reason, $"The build of {last.Config} failed: {Sentence(last.Message)} The retry limit is reached ({view.Retries} of {view.Policy.RetryLimit}). {HowToReset(view)}", IsLimitReached: true),
            _ => new BuildPhase.Failed(last.Reason, $"The build of {last.Config} failed: {last.Message}", IsLimitReached: false),
        };
    }

    /// <summary>The attempt whose objects stay for people to look at: the last one that ran, if it did not succeed and is of what the pool wants.</summary>
    private static string? KeptAttempt(PoolView view)
    {
        if (view.State.Last is not { Outcome: not AttemptOutcome.Succeeded } last || last.Config != view.Config)
            return null;

        return view.State.History.LastOrDefault(static attempt => attempt.Reason is not (FailureReason.None or FailureReason.InvalidBuildInputs or FailureReason.Superseded))?.Id;
    }

    /// <summary>What builders say may end without a full stop.</summary>
    private static string? Sentence(string? message) => message is null || message.EndsWith('.') ? message : message + ".";

    private static Plan.Wait Hold(PoolView view, string why) => new(why, Recheck: null)
    {
        Events = [new PoolEvent(PoolEventReason.BuildWaiting, why)],
    };
}
