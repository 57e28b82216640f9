using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>Collects changes of a pool's labels and annotations into one patch; what would change nothing is left out.</summary>
internal sealed class PoolPatchBuilder(PoolView view)
{
    private PoolChange change = new();
    private BuildAttempt? begun;
    private FinishedAttempt? ended;

    public PoolPatchBuilder Remember(BuildState state)
    {
        change = change with { Memory = state };
        return this;
    }

    /// <summary>The state before with another attempt to serve.</summary>
    public PoolPatchBuilder Begin(BuildState before, BuildAttempt attempt)
    {
        begun = attempt;
        return Remember(before with { Serving = attempt });
    }

    /// <summary>The pool's state without the attempt that it served.</summary>
    public PoolPatchBuilder End(FinishedAttempt attempt) => End(view.State, attempt);

    public PoolPatchBuilder End(BuildState before, FinishedAttempt attempt)
    {
        ended = attempt;
        return Remember(before.Finish(attempt));
    }

    public PoolPatchBuilder Image(string image)
    {
        if (view.Image != image)
            change = change with { Image = image };

        return this;
    }

    public PoolPatchBuilder Retries(int count)
    {
        bool isPresent = view.Metadata.Annotations.ContainsKey(PoolKeys.BuildRetries);
        if (count == 0 ? isPresent : view.Retries != count)
            change = change with { Retries = count };

        return this;
    }

    /// <summary>Removes the request, annotation and label together, if it is still the one that was served.</summary>
    public PoolPatchBuilder RemoveTrigger(string? served)
    {
        if (view.Trigger is null || view.Trigger.Identity != served)
            return this;

        Remove(PoolKeys.RebuildImage);
        if (view.Metadata.Labels.ContainsKey(PoolKeys.RebuildImage))
            change = change with { RemovedLabels = [PoolKeys.RebuildImage] };

        return this;
    }

    public PoolPatchBuilder Remove(string annotation)
    {
        if (view.Metadata.Annotations.ContainsKey(annotation))
            change = change with { RemovedAnnotations = [.. change.RemovedAnnotations, annotation] };

        return this;
    }

    public Plan.PatchPool With(params IReadOnlyList<PoolEvent> events) => new(change) { Events = events, Begun = begun, Ended = ended };

    /// <summary>The patch, or null if there is nothing to change.</summary>
    public Plan.PatchPool? IfAny(params IReadOnlyList<PoolEvent> events) => change.IsEmpty ? null : With(events);
}
