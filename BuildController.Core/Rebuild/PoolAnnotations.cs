using BuildController.Core.Model;
using BuildController.Informers.Api;

namespace BuildController.Core.Rebuild;

/// <summary>What a pool's annotations and labels say to the controller; read once for each pool that is observed.</summary>
internal sealed class PoolAnnotations
{
    private readonly ObjectMeta metadata;

    public PoolAnnotations(ObjectMeta metadata)
    {
        this.metadata = metadata;
        Trigger = RebuildTrigger.Of(metadata);

        string? stateText = this[PoolKeys.BuildState];
        BuildState? state = null;
        IsStateMalformed = stateText is not null && !BuildStateJson.TryRead(stateText, out state);
        State = state ?? BuildState.Empty;

        string? retriesText = this[PoolKeys.BuildRetries];
        int retries = 0;
        AreRetriesMalformed = retriesText is not null && !RetryCount.TryRead(retriesText, out retries);
        Retries = retries;
    }

    /// <summary>The text of an annotation, or null.</summary>
    public string? this[string key] => metadata.Annotations.GetValueOrDefault(key);

    public RebuildTrigger? Trigger { get; }

    public BuildState State { get; }

    public bool IsStateMalformed { get; }

    public int Retries { get; }

    public bool AreRetriesMalformed { get; }
}
