namespace BuildController.Core.Rebuild;

/// <summary>What the served attempt left as its digest.</summary>
/// <param name="Value">The digest, checked, or null if there is none that can be trusted.</param>
/// <param name="Problem">Why there is none, for people; null if it is simply not there yet.</param>
internal sealed record DigestObservation(string? Value, string? Problem)
{
    /// <summary>Nothing there yet.</summary>
    public static DigestObservation Missing { get; } = new(null, null);

    /// <summary>
    /// A digest ConfigMap without any label of ours that appeared after the served build did, or null. A build pod of another
    /// make leaves it so; before the build began there was none of that name, or the attempt would have failed.
    /// </summary>
    public OwnedObject? Unclaimed { get; init; }
}
