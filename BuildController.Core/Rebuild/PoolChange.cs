using BuildController.Core.Model;

namespace BuildController.Core.Rebuild;

/// <summary>A change of a pool's labels and annotations; what is not named stays.</summary>
internal sealed record PoolChange
{
    /// <summary>What to remember from now on; null leaves it.</summary>
    public BuildState? Memory { get; init; }

    /// <summary>The counter of retries, where 0 removes it; null leaves it.</summary>
    public int? Retries { get; init; }

    /// <summary>The newest image; null leaves it.</summary>
    public string? Image { get; init; }

    /// <summary>The annotations to remove.</summary>
    public IReadOnlyList<string> RemovedAnnotations { get; init; } = [];

    /// <summary>The labels to remove.</summary>
    public IReadOnlyList<string> RemovedLabels { get; init; } = [];

    /// <summary>Whether there is nothing to change.</summary>
    public bool IsEmpty => Memory is null && Retries is null && Image is null && RemovedAnnotations.Count == 0 && RemovedLabels.Count == 0;

    /// <summary>The annotations as the API takes them: a value sets one, null removes it.</summary>
    internal Dictionary<string, string?> Annotations()
    {
        var annotations = new Dictionary<string, string?>(RemovedAnnotations.Count + 3);
        foreach (string key in RemovedAnnotations)
            annotations[key] = null;

        if (Memory is not null)
            annotations[PoolKeys.BuildState] = BuildStateJson.Write(Memory);

        if (Retries is { } retries)
            annotations[PoolKeys.BuildRetries] = retries == 0 ? null : RetryCount.Write(retries);

        if (Image is not null)
            annotations[PoolKeys.NewestImage] = Image;

        return annotations;
    }
}
