namespace BuildController.Informers.WorkQueue;

/// <summary>How a key is added to a queue. The default value adds it at once, with priority 0 and no reason.</summary>
public readonly record struct AddOptions
{
    /// <summary>
    /// Of two ready keys the one of the higher priority comes first; see <see cref="WorkQueueOptions{TKey}.LowPriorityShare"/> for what the lower
    /// ones get. A key added with several priorities has the highest. The default is 0; see <see cref="WorkPriority"/>.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>How long the key waits first; not positive, the default, for not at all.</summary>
    public TimeSpan After { get; init; }

    /// <summary>
    /// Whether the rate limiter says how long the key waits, which counts one more retry of it. Together with a positive
    /// <see cref="After"/> the shorter wait counts. The default is false.
    /// </summary>
    public bool IsRateLimited { get; init; }

    /// <summary>Why. They are merged with those of other adds and come out with the key. The default is null: nothing is said.</summary>
    public IReadOnlyList<WorkCause>? Causes { get; init; }
}
