using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Rebuild;

/// <summary>A pool as the machine reads it: annotations parsed, defaults filled in.</summary>
internal sealed class PoolView
{
    public PoolView(MachineConfigPool pool, RebuildPolicy policy)
    {
        Pool = pool;
        Policy = policy;
        Trigger = RebuildTrigger.Of(pool.Metadata);

        string? stateText = Annotation(PoolKeys.BuildState);
        BuildState? state = null;
        IsStateMalformed = stateText is not null && !BuildStateJson.TryRead(stateText, out state);
        State = state ?? BuildState.Empty;

        string? retriesText = Annotation(PoolKeys.BuildRetries);
        int retries = 0;
        AreRetriesMalformed = retriesText is not null && !RetryCount.TryRead(retriesText, out retries);
        Retries = retries;
    }

    public MachineConfigPool Pool { get; }

    public RebuildPolicy Policy { get; }

    public ObjectMeta Metadata => Pool.Metadata;

    public string Name => Metadata.Name;

    public bool IsLayered => Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled);

    public bool IsGoing => Metadata.DeletionTimestamp is not null;

    /// <summary>The rendered config that the pool should have; empty if it has none yet.</summary>
    public string Config => Pool.Spec.Configuration?.Name ?? string.Empty;

    public bool HasRenderedConfig => Config.StartsWith("rendered-", StringComparison.Ordinal);

    public RebuildTrigger? Trigger { get; }

    public BuildState State { get; }

    public bool IsStateMalformed { get; }

    public int Retries { get; }

    public bool AreRetriesMalformed { get; }

    public bool IsAtRetryLimit => Retries >= Policy.RetryLimit;

    /// <summary>The newest image, or null. An empty annotation is no image.</summary>
    public string? Image => Annotation(PoolKeys.NewestImage) is { Length: > 0 } image ? image : null;

    public bool IsNodeDegraded => Pool.Status.Conditions.IsTrue(PoolConditionTypes.NodeDegraded);

    public bool IsRenderDegraded => Pool.Status.Conditions.IsTrue(PoolConditionTypes.RenderDegraded);

    /// <summary>Whether the recorded image was built from what the pool should have.</summary>
    public bool IsBuilt => Image is not null && State.Built == Config;

    /// <summary>Whether no attempt at this config has ended yet, so that the next one is its first.</summary>
    /// <remarks>One that had to make way for another config has not ended in this sense: the pool may come back to its config.</remarks>
    public bool IsNewConfig => !IsBuilt && (State.Last?.Config != Config || State.Last.Reason == FailureReason.Superseded);

    public string? Annotation(string key) => Metadata.Annotations.GetValueOrDefault(key);
}
