using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

public static partial class RebuildMachine
{
    private static Plan Idle(PoolView view, PoolObservation observation)
    {
        if (!view.HasRenderedConfig)
            return Hold(view, $"'{view.Config}' is no rendered config: a build starts once spec.configuration.name is rendered-….");

        // An image from before this memory existed: taken for what the pool wants, so that an upgrade rebuilds nothing.
        if (view.Image is not null && view.State == BuildState.Empty)
            return new PoolPatchBuilder(view).State(view.State with { Built = view.Config }).With();

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

        if (view.State.Last is { Reason: FailureReason.InvalidBuildInputs } invalid && invalid.Config == view.Config)
            return AfterInvalidInputs(view, observation, invalid);

        // The image annotation was taken away: what was built is no longer known, so it is built again.
        bool isImageLost = view.Image is null && view.State.Built == view.Config && view.State.Last?.Outcome == AttemptOutcome.Succeeded;
        if (!view.IsNewConfig && !isImageLost)
            return null;

        return view.IsNodeDegraded || view.IsRenderDegraded
            ? Hold(view, $"The build of {view.Config} waits: the pool is {(view.IsRenderDegraded ? "RenderDegraded" : "NodeDegraded")}. It goes on by itself.")
            : Accept(view, observation, AttemptKind.FirstBuild);
    }

    private static bool IsRetryPending(PoolView view) => view.State.Last is { Outcome: AttemptOutcome.Interrupted } last
        && last.Reason.IsInfrastructure() && last.Config == view.Config && !view.IsAtRetryLimit;

    private static Plan? DueRetry(PoolView view, PoolObservation observation) =>
        observation.Now >= RetryDue(view) && !view.IsRenderDegraded ? Accept(view, observation, AttemptKind.Retry) : null;

    private static DateTimeOffset RetryDue(PoolView view) => view.State.Last!.Finished + view.Policy.DelayBeforeRetry(view.Retries);

    private static Plan? AfterInvalidInputs(PoolView view, PoolObservation observation, FinishedAttempt invalid)
    {
        if (observation.Inputs is null)
            return new Plan.ObserveInputs();

        return observation.Inputs.Fingerprint == invalid.Inputs ? null : Accept(view, observation, AttemptKind.InputsChanged);
    }

    /// <summary>Nothing to start: the conditions are asserted, then what is no longer needed goes.</summary>
    private static Plan Rest(PoolView view, PoolObservation observation)
    {
        BuildPhase phase = RestingPhase(view);
        if (Assert(view, observation, phase) is { } conditions)
            return conditions;

        string? kept = KeptAttempt(view);
        if (observation.Objects.FirstOrDefault(item => item.AttemptId == kept && NeedsStopping(item)) is { } unfinished)
        {
            // A build that never ran has nothing to look at; one that ran is stopped and kept.
            return unfinished.Progress is BuildProgress.Pending
                ? new Plan.DeleteObjects([unfinished])
                : new Plan.StopBuild(unfinished);
        }

        OwnedObject[] leftovers = [.. observation.Objects.Where(item => item.AttemptId != kept)];
        if (CleanUp(leftovers, view) is { } cleanUp)
            return cleanUp;

        if (phase is BuildPhase.Failed && !view.Pool.Status.Conditions.IsTrue(PoolConditionTypes.Degraded))
            return new Plan.Wait("the time to assert Degraded again", view.Policy.DegradedInterval);

        if (phase is not BuildPhase.Interrupted)
            return new Plan.Settle();

        return observation.Now < RetryDue(view)
            ? new Plan.Wait("the next retry", RetryDue(view) - observation.Now)
            : new Plan.Wait("the pool not to be RenderDegraded, to retry then", Recheck: null);
    }

    private static bool NeedsStopping(OwnedObject item) => item is { IsTerminating: false, IsStopping: false }
        && item.Progress is BuildProgress.Pending or BuildProgress.Running or BuildProgress.Unknown or BuildProgress.Failed { StillOccupied: true };

    private static BuildPhase RestingPhase(PoolView view)
    {
        if (view.State.Last is not { } last || last.Config != view.Config)
            return view.IsBuilt ? new BuildPhase.Succeeded($"Built {view.Image}.") : new BuildPhase.NotBuilt();

        return last.Outcome switch
        {
            AttemptOutcome.Succeeded => new BuildPhase.Succeeded($"Built {view.Image}."),
            AttemptOutcome.Interrupted when IsRetryPending(view) =>
                new BuildPhase.Interrupted($"The build of {last.Config} was interrupted ({last.Reason}) and will be tried again: {last.Message}"),
            _ when view.IsAtRetryLimit =>
                new BuildPhase.Failed(last.Reason, $"The build of {last.Config} failed: {last.Message} The retry limit is reached ({view.Retries} of {view.Policy.RetryLimit}). {HowToReset(view)}", IsLimitReached: true),
            _ => new BuildPhase.Failed(last.Reason, $"The build of {last.Config} failed: {last.Message}", IsLimitReached: false),
        };
    }

    /// <summary>The attempt whose objects stay for people to look at: the last one that ran, if it did not succeed.</summary>
    private static string? KeptAttempt(PoolView view) => view.State.Last is null or { Outcome: AttemptOutcome.Succeeded }
        ? null
        : view.State.History.LastOrDefault(static attempt => attempt.Reason is not (FailureReason.None or FailureReason.InvalidBuildInputs or FailureReason.Superseded))?.Id;

    private static Plan.Wait Hold(PoolView view, string why) => new(why, Recheck: null)
    {
        Events = [new PoolEvent(PoolEventReason.BuildWaiting, why)],
    };
}
