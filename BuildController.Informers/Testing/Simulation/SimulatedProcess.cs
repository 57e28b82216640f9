using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>
/// One life of a simulated process: what its code is given to run on. When the process dies, everything that runs on it stops
/// at its await and never goes on; its next life is another object.
/// </summary>
public sealed class SimulatedProcess
{
    internal SimulatedProcess(string name, int incarnation, SimulatedWorld world, IClientset clientset, OperatorRuntime runtime, CancellationToken stopping)
    {
        Name = name;
        Incarnation = incarnation;
        World = world;
        Clientset = clientset;
        Runtime = runtime;
        Stopping = stopping;
    }

    /// <summary>The process, the same in each of its lives: fit for the identity of a leader.</summary>
    public string Name { get; }

    /// <summary>Which of its lives, counted from 1.</summary>
    public int Incarnation { get; }

    /// <summary>The world around it. Code under test has no business there; its start function may want to note something.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Its connection to the cluster, which may be disturbed.</summary>
    public IClientset Clientset { get; }

    /// <summary>Its clock, scheduler, randomness and logs. Give it to every part.</summary>
    public OperatorRuntime Runtime { get; }

    /// <summary>Asks the process to stop in order: its start function then ends.</summary>
    public CancellationToken Stopping { get; }
}
