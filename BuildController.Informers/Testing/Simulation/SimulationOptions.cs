using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>How a simulation runs. All times are virtual.</summary>
public sealed record SimulationOptions
{
    /// <summary>The defaults.</summary>
    public static SimulationOptions Default { get; } = new();

    /// <summary>How often what goes wrong while the world is disturbed. The default is <see cref="FaultProfile.Everything"/>.</summary>
    public FaultProfile Faults { get; init; } = FaultProfile.Everything;

    /// <summary>How long the world is disturbed, at least as long as the users act. The default is 2 minutes.</summary>
    public TimeSpan DisturbedFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long, after that, the goal may take: longer than the longest back-off and the longest silence that a client bears. The
    /// default is 30 minutes.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the goal must then hold. The default is 2 minutes.</summary>
    public TimeSpan RestFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many requests a minute each process may make while it rests: more is a loop that never ends. Renewals of leases and opened watches
    /// count. The default is 60.
    /// </summary>
    public int MaxRequestsAtRest { get; init; } = 60;

    /// <summary>How long a process that is stopped in order may take. The default is 1 minute.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a request and its answer are on the way, each, mostly; now and then up to forty times as long. The default is 5 ms.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How many steps a run may take in all: more is a loop that never waits. The default is 3 million.</summary>
    public int MaxSteps { get; init; } = 3_000_000;

    /// <summary>
    /// Whether to look for the fewest faults that make a failed run fail, by running it again with some of them left out. The
    /// default is true.
    /// </summary>
    public bool ShrinksFailures { get; init; } = true;

    /// <summary>How many runs the search may take. The default is 200.</summary>
    public int MaxShrinkRuns { get; init; } = 200;
}
