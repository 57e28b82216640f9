namespace BuildController.Core.Model;

/// <summary>One condition of a pool's status. Immutable.</summary>
public sealed record PoolCondition
{
    /// <summary>What the condition is about, for example <c>BuildSuccess</c>; one entry per type.</summary>
    public string Type { get => field ?? string.Empty; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string Status { get => field ?? "Unknown"; init; }

    /// <summary>When the status last changed; a change of reason or message alone does not move it.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>A word for machines.</summary>
    public string Reason { get => field ?? string.Empty; init; }

    /// <summary>A sentence for people.</summary>
    public string Message { get => field ?? string.Empty; init; }

    /// <summary>Whether the status is <c>True</c>.</summary>
    internal bool IsTrue => Status == "True";
}
