namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Names one term of leadership: of two terms of a lease the one of the larger number is the later. A holder that takes up its own
/// lease again, because nobody had it meanwhile, has the same number in both terms; terms of different holders of one lease never share one.
/// </summary>
/// <remarks>
/// A store that remembers the largest number it was given, and refuses smaller ones, is safe from a former leader whose writes come late.
/// Kubernetes' API server is no such store. When the lease is deleted the numbers go on if the candidate that makes it anew had seen it;
/// otherwise they begin at 0 again.
/// </remarks>
/// <param name="Lease">The lease, as <c>namespace/name</c>.</param>
/// <param name="Holder">Who leads.</param>
/// <param name="Number">How often the lease had changed hands when the term began (<c>leaseTransitions</c>).</param>
public readonly record struct FencingToken(string Lease, string Holder, int Number)
{
    /// <summary><c>lease#number (holder)</c>.</summary>
    public override string ToString() => $"{Lease}#{Number} ({Holder})";
}
