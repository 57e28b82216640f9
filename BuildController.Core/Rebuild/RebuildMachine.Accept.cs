using BuildController.Core.Images;
using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

internal static partial class RebuildMachine
{
    /// <summary>
    /// Accepts a new attempt: one patch writes it to the pool and raises the counter where it counts. Needs valid inputs;
    /// with invalid ones the request is completed at once, and nothing that was good is touched.
    /// </summary>
    /// <param name="view">The pool.</param>
    /// <param name="observation">The world.</param>
    /// <param name="kind">Why a new attempt is wanted.</param>
    /// <param name="replaced">The attempt that it takes the place of, or null.</param>
    /// <param name="why">Why it does.</param>
    private static Plan Accept(PoolView view, PoolObservation observation, AttemptKind kind, BuildAttempt? replaced = null, string? why = null)
    {
        if (observation.Inputs is null)
            return new Plan.ObserveInputs();

        string id = AttemptId.Of(view.Metadata.Uid ?? string.Empty, view.Metadata.ResourceVersion ?? string.Empty);
        BuildState state = view.State;
        var events = new List<PoolEvent>();
        if (replaced is not null)
        {
            state = state.Finish(Ended(replaced, observation, AttemptOutcome.Interrupted, FailureReason.Superseded, why));
            events.Add(new PoolEvent(PoolEventReason.BuildInterrupted, $"The build of {replaced.Config} was interrupted: {why}."));
        }

        if (observation.Inputs is InputsObservation.Invalid invalid)
            return CompleteInvalid(view, observation, state, id, invalid, events);

        BuildInputs inputs = ((InputsObservation.Valid)observation.Inputs).Inputs;
        int retries = CountAfter(view, kind, replaced);
        if (retries > view.Policy.RetryLimit)
            return Refuse(view);

        var attempt = new BuildAttempt
        {
            Id = id,
            Kind = kind,
            Config = view.Config,
            Trigger = view.Trigger?.Identity,
            Started = observation.Now,
            Deadline = observation.Now + view.Policy.AttemptDeadline,
            Builder = inputs.Builder,
            Inputs = observation.Inputs.ContentMark,
            Pullspec = inputs.FinalImage.WithTag(view.Config).ToString(),
        };
        if (view.Trigger is not null && kind != AttemptKind.Retry && view.Trigger.Identity != replaced?.Trigger)
            events.Add(new PoolEvent(PoolEventReason.RebuildRequested, $"Rebuild of {view.Config} accepted{Counted(view, retries)}."));

        if (kind == AttemptKind.Retry)
            events.Add(new PoolEvent(PoolEventReason.BuildRetried, $"The build of {view.Config} is tried again{Counted(view, retries)}."));

        return new PoolPatchBuilder(view).Begin(state, attempt).Retries(retries).With(events);
    }

    /// <summary>The counter that the accepting patch writes. A new config starts from zero; a request that replaces a counted attempt takes over its count.</summary>
    private static int CountAfter(PoolView view, AttemptKind kind, BuildAttempt? replaced) => kind switch
    {
        AttemptKind.FirstBuild => 0,
        AttemptKind.InputsChanged => view.Retries,
        _ when replaced?.Kind is AttemptKind.Rebuild or AttemptKind.Retry => Math.Max(view.Retries, 1),
        _ => view.Retries + 1,
    };

    private static string Counted(PoolView view, int retries) => retries == 0 ? string.Empty : $" (retry {retries} of {view.Policy.RetryLimit})";

    /// <summary>Turns a request down at the limit: it is removed, and nothing else is touched.</summary>
    private static Plan.PatchPool Refuse(PoolView view) => new PoolPatchBuilder(view)
        .RemoveTrigger(view.Trigger?.Identity)
        .With(new PoolEvent(PoolEventReason.RebuildRefused, $"The retry limit is reached ({view.Retries} of {view.Policy.RetryLimit}). {HowToReset(view)}"));

    private static string HowToReset(PoolView view) =>
        $"To reset, mend the cause and remove the counter (kubectl annotate mcp {view.Name} {PoolKeys.BuildRetries}-), then ask again; a new rendered config also resets it.";

    private static Plan.PatchPool CompleteInvalid(
        PoolView view, PoolObservation observation, BuildState state, string id, InputsObservation.Invalid invalid, List<PoolEvent> events)
    {
        var ended = new FinishedAttempt
        {
            Id = id,
            Config = view.Config,
            Trigger = view.Trigger?.Identity,
            Outcome = AttemptOutcome.Failed,
            Reason = FailureReason.InvalidBuildInputs,
            Message = Shorten(invalid.Message, LongestMessage),
            Inputs = invalid.Fingerprint,
            Started = observation.Now,
            Finished = observation.Now,
        };
        events.Add(new PoolEvent(PoolEventReason.InvalidBuildInputs, invalid.Message));
        return new PoolPatchBuilder(view).End(state, ended).RemoveTrigger(view.Trigger?.Identity).With(events);
    }
}
