using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>Which faults an exploration tries, and how far it goes.</summary>
public sealed record ExplorationOptions
{
    /// <summary>Every fault of a request once, crashes before and after among them.</summary>
    public static ExplorationOptions Default { get; } = new();

    /// <summary>
    /// The faults, each tried at each request that it fits. The default is one of every kind: refusals with short waits, slowness of 5 seconds,
    /// restarts of 3, pauses of 20, and crashes that last 2.
    /// </summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [.. Enum.GetValues<FaultKind>().Select(Typical)];

    /// <summary>The processes that are disturbed; null, the default, for all that are not undisturbed by themselves.</summary>
    public IReadOnlyList<string>? Processes { get; init; }

    /// <summary>The seed of what else is drawn by lot. The default is 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Whether two faults are tried as well: the second at each request after the first. The default is false.
    /// </summary>
    public bool Pairs { get; init; }

    /// <summary>
    /// How many runs of pairs there are at most. If there are more pairs, they are taken at even distances, so that all the places of the run
    /// are among them. The default is 2,000.
    /// </summary>
    public int MaxPairs { get; init; } = 2_000;

    private static Fault Typical(FaultKind kind) => new(kind)
    {
        Time = kind switch
        {
            FaultKind.Slow => TimeSpan.FromSeconds(5),
            FaultKind.Restart or FaultKind.RestartEmpty => TimeSpan.FromSeconds(3),
            FaultKind.Pause => TimeSpan.FromSeconds(20),
            FaultKind.CrashBefore or FaultKind.CrashAfter => TimeSpan.FromSeconds(2),
            _ => TimeSpan.FromSeconds(1),
        },
    };
}
