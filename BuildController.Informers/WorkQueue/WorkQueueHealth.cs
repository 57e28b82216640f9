namespace BuildController.Informers.WorkQueue;

/// <summary>How a work queue fares at one moment.</summary>
public sealed record WorkQueueHealth
{
    /// <summary>How many keys are ready.</summary>
    public required int Ready { get; init; }

    /// <summary>How many keys wait for a time.</summary>
    public required int Delayed { get; init; }

    /// <summary>How many keys are with workers.</summary>
    public required int Processing { get; init; }

    /// <summary>How long the key that a worker has had longest has been with it; null if no worker has one.</summary>
    public required TimeSpan? LongestRunning { get; init; }

    /// <summary>The text of that key; null if no worker has one.</summary>
    public required string? LongestRunningKey { get; init; }
}
