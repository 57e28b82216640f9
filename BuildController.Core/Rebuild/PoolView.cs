using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Rebuild;

/// <summary>A pool as the machine reads it: annotations parsed, defaults filled in, judged by a policy.</summary>
internal readonly struct PoolView(MachineConfigPool pool, PoolAnnotations annotations, RebuildPolicy policy)
{
    public MachineConfigPool Pool => pool;

    public RebuildPolicy Policy => policy;

    public ObjectMeta Metadata => pool.Metadata;

    public IReadOnlyList<PoolCondition> Conditions => pool.Status.Conditions;

    public string Name => Metadata.Name;

    public bool IsLayered => Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled);

    public bool IsGoing => Metadata.DeletionTimestamp is not null;

    /// <summary>The rendered config that the pool should have; empty if it has none yet.</summary>
    public string Config => pool.Spec.Configuration?.Name ?? string.Empty;

    public bool HasRenderedConfig => Config.StartsWith("rendered-", StringComparison.Ordinal);

    public RebuildTrigger? Trigger => annotations.Trigger;

    public BuildState State => annotations.State;

    public bool IsStateMalformed => annotations.IsStateMalformed;

    public int Retries => annotations.Retries;

    public bool AreRetriesMalformed => annotations.AreRetriesMalformed;

    public bool IsAtRetryLimit => Retries >= policy.RetryLimit;

    /// <summary>The newest image, or null. An empty annotation is no image.</summary>
    public string? Image => Annotation(PoolKeys.NewestImage) is { Length: > 0 } image ? image : null;

    public bool IsNodeDegraded => Conditions.IsTrue(PoolConditionTypes.NodeDegraded);

    public bool IsRenderDegraded => Conditions.IsTrue(PoolConditionTypes.RenderDegraded);

    /// <summary>Whether the recorded image was built from what the pool should have.</summary>
    public bool IsBuilt => Image is not null && State.Built == Config;

    /// <summary>Whether no attempt at this config has ended yet, so that the next one is its first.</summary>
    /// <remarks>One that had to make way for another config has not ended in this sense: the pool may come back to its config.</remarks>
    public bool IsNewConfig => !IsBuilt && (State.Last?.Config != Config || State.Last.Reason == FailureReason.Superseded);

    public string? Annotation(string key) => annotations[key];
}
