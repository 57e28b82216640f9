namespace BuildController.Informers.LeaderElection;

/// <summary>Names one term of leadership: of two terms of a lease the one of the larger number is the later.</summary>
/// <param name="Lease">The lease, as <c>namespace/name</c>.</param>
/// <param name="Holder">Who leads.</param>
/// <param name="Number">How often the lease had changed hands when the term began (<c>leaseTransitions</c>).</param>
public readonly record struct FencingToken(string Lease, string Holder, int Number)
{
    /// <summary><c>lease#number (holder)</c>.</summary>
    public override string ToString() => $"{Lease}#{Number} ({Holder})";
}
