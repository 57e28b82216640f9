using BuildController.Core.Images;

namespace BuildController.Core.Rebuild;

internal static partial class RebuildMachine
{
    private const int LongestMessage = 1000;

    /// <summary>How far clocks may differ without an attempt being taken for one of the future.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private static Plan Serve(PoolView view, PoolObservation observation, BuildAttempt attempt)
    {
        OwnedObject? build = BuildOf(attempt, observation);

        // An image of a config that the pool no longer wants is not worth recording, even if it is just done.
        if (view.HasRenderedConfig && attempt.Config != view.Config)
            return Supersede(view, observation, attempt);

        // A result comes before a newer request: the image is there, and the request waits on the pool.
        if (build?.Progress is BuildProgress.Failed failed)
        {
            // A pod that is deleted while it runs ends as failed: that is not the build's fault.
            return RecordFailure(view, observation, attempt, build.IsTerminating ? FailureReason.BuildDeleted : failed.Reason, failed.Message);
        }

        if (build?.Progress is BuildProgress.Succeeded succeeded)
            return Conclude(view, observation, attempt, succeeded);

        if (Replace(view, observation, attempt) is { } replacement)
            return replacement;

        List<OwnedObject> leftovers = Leftovers(observation, attempt.Id);
        if (Misdated(view, observation, attempt) is { } dated)
            return dated;

        if (Overdue(view, observation, attempt, build, leftovers) is { } overdue)
            return overdue;

        if (Assert(view, observation, PhaseOf(attempt, build, leftovers)) is { } conditions)
            return conditions;

        if (CleanUp(leftovers, view) is { } cleanUp)
            return cleanUp;

        return build is null
            ? WithoutBuild(view, observation, attempt)
            : WithBuild(view, observation, attempt, build);
    }

    /// <summary>
    /// What takes the attempt's place, or null. Without a rendered config there is nothing that a new attempt could build: the one that is
    /// served goes on.
    /// </summary>
    private static Plan? Replace(PoolView view, PoolObservation observation, BuildAttempt attempt)
    {
        if (!view.HasRenderedConfig)
            return null;

        if (view.Trigger is not null && view.Trigger.Identity != attempt.Trigger)
            return Accept(view, observation, AttemptKind.Rebuild, attempt, "a newer request came");

        return observation.ConfiguredBuilder is { } builder && builder != attempt.Builder
            ? Accept(view, observation, attempt.Kind, attempt, $"{builder.Text()} builds now")
            : null;
    }

    private static OwnedObject? BuildOf(BuildAttempt attempt, PoolObservation observation)
    {
        foreach (OwnedObject item in observation.Objects)
        {
            if (item.Progress is not null && item.AttemptId == attempt.Id)
                return item;
        }

        return null;
    }

    /// <summary>The pool wants another config. If that one is built already and nobody asked for more, the attempt just ends.</summary>
    private static Plan Supersede(PoolView view, PoolObservation observation, BuildAttempt attempt)
    {
        if (view.IsNewConfig || view.Trigger is not null)
            return Accept(view, observation, view.IsNewConfig ? AttemptKind.FirstBuild : AttemptKind.Rebuild, attempt, $"the pool wants {view.Config} now");

        string why = $"the pool wants {view.Config} again";
        FinishedAttempt ended = Ended(attempt, observation, AttemptOutcome.Interrupted, FailureReason.Superseded, why);
        return new PoolPatchBuilder(view)
            .End(ended)
            .With(new PoolEvent(PoolEventReason.BuildInterrupted, $"The build of {attempt.Config} was interrupted: {why}."));
    }

    private static BuildPhase PhaseOf(BuildAttempt attempt, OwnedObject? build, IReadOnlyList<OwnedObject> leftovers) => build?.Progress switch
    {
        BuildProgress.Running or BuildProgress.Unknown => new BuildPhase.Building($"Building {attempt.Config}."),
        _ => new BuildPhase.Pending(
            WaitsFor(build, leftovers) is { } what ? $"The build of {attempt.Config} waits: {Shorten(what, LongestMessage)}" : $"The build of {attempt.Config} is accepted.",
            HasBuild: build is not null),
    };

    /// <summary>What keeps an attempt from running that nobody but the cluster can change, or null.</summary>
    private static string? WaitsFor(OwnedObject? build, IReadOnlyList<OwnedObject> leftovers)
    {
        if (build?.Progress is BuildProgress.Pending { Message: { } message })
            return message;

        return build is null && leftovers.Count > 0 && leftovers.All(static item => item.IsTerminating)
            ? $"for {ToBeGone(leftovers)}."
            : null;
    }

    private static Plan WithBuild(PoolView view, PoolObservation observation, BuildAttempt attempt, OwnedObject build)
    {
        if (attempt.BuildUid is null)
        {
            return new PoolPatchBuilder(view)
                .Remember(view.State with { Serving = attempt with { BuildUid = build.Uid } })
                .With(new PoolEvent(PoolEventReason.BuildStarted, $"Building {attempt.Config} as {build.Name}, to be pushed to {attempt.Pullspec}."));
        }

        DateTimeOffset due = build.Progress is BuildProgress.Pending ? PendingDeadline(view, attempt, build) : attempt.Deadline;
        return new Plan.Wait($"build {build.Name}", due - observation.Now);
    }

    private static Plan WithoutBuild(PoolView view, PoolObservation observation, BuildAttempt attempt)
    {
        if (attempt.BuildUid is not null)
            return RecordFailure(view, observation, attempt, FailureReason.BuildDeleted, "The build was deleted before it was done.");

        if (observation.TakenNames.Count > 0)
        {
            string names = string.Join(", ", observation.TakenNames);
            return RecordFailure(view, observation, attempt, FailureReason.NameTaken, $"Not ours, but named as the build needs: {names}. Remove or rename them, then ask for a rebuild.");
        }

        return observation.Inputs switch
        {
            null => new Plan.ObserveInputs(),
            InputsObservation.Invalid invalid => RecordFailure(view, observation, attempt, FailureReason.InvalidBuildInputs, invalid.Message, invalid.Fingerprint),
            InputsObservation.Valid valid => new Plan.StartBuild(attempt, valid.Inputs),
            _ => throw new InvalidOperationException($"Unknown inputs {observation.Inputs}."),
        };
    }

    /// <summary>From when the build object was made: what an attempt waits for before that is not the build's fault.</summary>
    private static DateTimeOffset PendingDeadline(PoolView view, BuildAttempt attempt, OwnedObject build)
    {
        DateTimeOffset since = build.Created > attempt.Started ? build.Created.Value : attempt.Started;
        DateTimeOffset pending = since + view.Policy.PendingDeadline;
        return pending < attempt.Deadline ? pending : attempt.Deadline;
    }

    /// <summary>A clock that was set back would give the attempt more time than it was meant to have: its time begins anew.</summary>
    private static Plan.PatchPool? Misdated(PoolView view, PoolObservation observation, BuildAttempt attempt)
    {
        if (attempt.Started - observation.Now <= ClockTolerance)
            return null;

        TimeSpan allowed = attempt.Deadline - attempt.Started;
        return new PoolPatchBuilder(view)
            .Remember(view.State with { Serving = attempt with { Started = observation.Now, Deadline = observation.Now + allowed } })
            .With();
    }

    private static Plan.PatchPool? Overdue(
        PoolView view, PoolObservation observation, BuildAttempt attempt, OwnedObject? build, IReadOnlyList<OwnedObject> leftovers)
    {
        if (observation.Now >= attempt.Deadline)
            return Exceeded(FailureReason.DeadlineExceeded, "Not done", attempt.Deadline - attempt.Started);

        return build?.Progress is BuildProgress.Pending && observation.Now >= PendingDeadline(view, attempt, build)
            ? Exceeded(FailureReason.PendingDeadlineExceeded, "The build did not start to run", view.Policy.PendingDeadline)
            : null;

        Plan.PatchPool Exceeded(FailureReason reason, string what, TimeSpan allowed) => RecordFailure(
            view, observation, attempt, reason, $"{what} within {allowed:g} (h:mm:ss){(WaitsFor(build, leftovers) is { } waits ? $". It waited: {waits}" : ".")}");
    }

    /// <summary>The build has pushed an image; what counts is its digest.</summary>
    private static Plan Conclude(PoolView view, PoolObservation observation, BuildAttempt attempt, BuildProgress.Succeeded succeeded)
    {
        if (observation.Digest.Value is { } digest)
            return RecordSuccess(view, observation, attempt, digest);

        if (observation.Digest.Unclaimed is { } unclaimed)
            return new Plan.ClaimDigest(attempt, unclaimed);

        DateTimeOffset due = (succeeded.FinishedAt ?? attempt.Started) + view.Policy.DigestGrace;
        if (due > attempt.Deadline)
            due = attempt.Deadline;

        return observation.Now < due
            ? new Plan.Wait("the digest of the built image", due - observation.Now)
            : RecordFailure(view, observation, attempt, FailureReason.DigestUnavailable, observation.Digest.Problem ?? "The build succeeded but left no digest.");
    }

    private static Plan.PatchPool RecordSuccess(PoolView view, PoolObservation observation, BuildAttempt attempt, string digest)
    {
        string image = ImageReference.Parse(attempt.Pullspec).WithDigest(digest).ToString();
        FinishedAttempt ended = Ended(attempt, observation, AttemptOutcome.Succeeded, FailureReason.None, message: null) with { Digest = digest };
        return new PoolPatchBuilder(view)
            .Image(image)
            .End(view.State with { Built = attempt.Config }, ended)
            .Retries(0)
            .RemoveTrigger(attempt.Trigger)
            .With(new PoolEvent(PoolEventReason.BuildSucceeded, $"Built {image} of {attempt.Config}."));
    }

    /// <summary>
    /// Records how an attempt failed. A victim of the cluster is retried by itself as long as the limit allows; then the
    /// request is not complete yet and stays.
    /// </summary>
    private static Plan.PatchPool RecordFailure(
        PoolView view, PoolObservation observation, BuildAttempt attempt, FailureReason reason, string message, string? inputs = null)
    {
        bool isRetried = reason.IsInfrastructure() && !view.IsAtRetryLimit;
        AttemptOutcome outcome = isRetried ? AttemptOutcome.Interrupted : AttemptOutcome.Failed;
        FinishedAttempt ended = Ended(attempt, observation, outcome, reason, message) with { Inputs = inputs ?? attempt.Inputs };
        PoolPatchBuilder patch = new PoolPatchBuilder(view).End(ended);
        if (isRetried)
            return patch.With(new PoolEvent(PoolEventReason.BuildInterrupted, $"The build of {attempt.Config} was interrupted ({reason}): {message}"));

        var events = new List<PoolEvent>
        {
            new(reason == FailureReason.InvalidBuildInputs ? PoolEventReason.InvalidBuildInputs : PoolEventReason.BuildFailed,
                $"The build of {attempt.Config} failed ({reason}): {message}"),
        };
        if (view.IsAtRetryLimit)
            events.Add(new PoolEvent(PoolEventReason.RetryLimitReached, $"The retry limit is reached ({view.Retries} of {view.Policy.RetryLimit}). {HowToReset(view)}"));

        return patch.RemoveTrigger(attempt.Trigger).With(events);
    }

    private static FinishedAttempt Ended(BuildAttempt attempt, PoolObservation observation, AttemptOutcome outcome, FailureReason reason, string? message) => new()
    {
        Id = attempt.Id,
        Config = attempt.Config,
        Trigger = attempt.Trigger,
        Outcome = outcome,
        Reason = reason,
        Message = message is null ? null : Shorten(message, LongestMessage),
        Inputs = attempt.Inputs,
        Started = attempt.Started,
        Finished = observation.Now,
    };
}
