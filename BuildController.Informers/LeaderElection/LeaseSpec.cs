using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Who holds a lease. The times are for people: they were written by the holder's clock, and leader election never
/// compares them with another clock.
/// </summary>
public sealed record LeaseSpec
{
    internal static LeaseSpec Empty { get; } = new();

    /// <summary>The holder; null or empty while the lease is free.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>Seconds that others wait, by their own clocks, after they saw the lease change last, before they take it.</summary>
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When the holder took the lease, to the microsecond.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When the holder renewed it last, to the microsecond.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often the lease has changed hands.</summary>
    public int? LeaseTransitions { get; init; }

    /// <summary>Its members as a patch sets them; null ones are left as they are.</summary>
    internal JsonObject ToPatch()
    {
        var patch = new JsonObject();
        if (HolderIdentity is not null)
            patch["holderIdentity"] = HolderIdentity;
        if (LeaseDurationSeconds is { } seconds)
            patch["leaseDurationSeconds"] = seconds;
        if (AcquireTime is { } acquired)
            patch["acquireTime"] = MicroTimeConverter.Format(acquired);
        if (RenewTime is { } renewed)
            patch["renewTime"] = MicroTimeConverter.Format(renewed);
        if (LeaseTransitions is { } transitions)
            patch["leaseTransitions"] = transitions;

        return patch;
    }
}
