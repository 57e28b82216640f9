namespace BuildController.Informers.Testing.Simulation;

/// <summary>
/// What is simulated, and what must hold. The same scenario is run again and again, on several threads at once: what it
/// remembers it keeps in the world that it is given, never in itself.
/// </summary>
/// <example>
/// <code>
/// var scenario = new SimulationScenario
/// {
///     Name = "every widget gets its map",
///     Arrange = world =>
///     {
///         world.Put(Widgets, new Widget("a"));
///         world.AddProcess("operator", MyOperator.RunAsync, replicas: 2);
///     },
///     Act = async world => await world.User.Resource(Widgets).DeleteAsync(new ObjectKey("ns", "a")),
///     Invariants = [new Invariant("one map for each widget", world => world.List(Maps).Count > 1 ? "there are two" : null)],
///     Goal = new Goal("no map is left", world => world.List(Maps).Count == 0),
/// };
/// Simulation.Run(seed: 17, scenario).ThrowIfFailed();
/// </code>
/// </example>
public sealed record SimulationScenario
{
    /// <summary>What it is about, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Makes the world as it is at first: resources, objects, processes. Nothing runs yet.</summary>
    public required Action<SimulatedWorld> Arrange { get; init; }

    /// <summary>What users do, while everything runs and is disturbed. The default does nothing.</summary>
    public Func<SimulatedWorld, Task> Act { get; init; } = static _ => Task.CompletedTask;

    /// <summary>What must hold at every moment: checked after each change of the cluster.</summary>
    public IReadOnlyList<Invariant> Invariants { get; init; } = [];

    /// <summary>What must come about in the end, once nothing disturbs any more, and then stay so.</summary>
    public required Goal Goal { get; init; }
}

/// <summary>Something that must hold at every moment.</summary>
/// <param name="Name">What, for people.</param>
/// <param name="Violation">Says how it is violated; null if it holds. Reads the world and changes nothing.</param>
public sealed record Invariant(string Name, Func<SimulatedWorld, string?> Violation);

/// <summary>Something that must come about.</summary>
/// <param name="Name">What, for people.</param>
/// <param name="IsReached">Whether it is so. Reads the world and changes nothing.</param>
public sealed record Goal(string Name, Func<SimulatedWorld, bool> IsReached)
{
    /// <summary>Says what is still missing, for the report of a run that did not get there. The default says nothing.</summary>
    public Func<SimulatedWorld, string?> Missing { get; init; } = static _ => null;
}
