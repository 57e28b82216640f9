namespace BuildController.Informers.LeaderElection;

/// <summary>Another one holds a lease than before, as far as this process has seen.</summary>
/// <param name="Previous">The identity of the holder before; null for nobody.</param>
/// <param name="Current">The identity of the holder now; null for nobody.</param>
public readonly record struct LeaderChange(string? Previous, string? Current);
