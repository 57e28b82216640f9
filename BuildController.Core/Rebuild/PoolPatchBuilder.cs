using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>Collects changes of a pool's labels and annotations into one patch.</summary>
internal sealed class PoolPatchBuilder(PoolView view)
{
    private readonly Dictionary<string, string?> annotations = [];
    private readonly Dictionary<string, string?> labels = [];

    public PoolPatchBuilder State(BuildState state) => Set(PoolKeys.BuildState, BuildStateJson.Write(state));

    public PoolPatchBuilder Image(string image) => Set(PoolKeys.NewestImage, image);

    public PoolPatchBuilder Retries(int count) => count == 0 ? Remove(PoolKeys.BuildRetries) : Set(PoolKeys.BuildRetries, RetryCount.Write(count));

    /// <summary>Removes the request, annotation and label together, if it is still the one that was served.</summary>
    public PoolPatchBuilder RemoveTrigger(string? served)
    {
        if (view.Trigger is null || view.Trigger.Identity != served)
            return this;

        Remove(PoolKeys.RebuildImage);
        if (view.Metadata.Labels.ContainsKey(PoolKeys.RebuildImage))
            labels[PoolKeys.RebuildImage] = null;

        return this;
    }

    public PoolPatchBuilder Remove(string annotation)
    {
        if (view.Metadata.Annotations.ContainsKey(annotation))
            annotations[annotation] = null;

        return this;
    }

    public Plan.PatchPool With(params IReadOnlyList<PoolEvent> events) => new(annotations, labels) { Events = events };

    /// <summary>The patch, or null if there is nothing to change.</summary>
    public Plan.PatchPool? IfAny(params IReadOnlyList<PoolEvent> events) => annotations.Count + labels.Count > 0 ? With(events) : null;

    private PoolPatchBuilder Set(string annotation, string value)
    {
        if (view.Annotation(annotation) != value)
            annotations[annotation] = value;

        return this;
    }
}
