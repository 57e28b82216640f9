namespace BuildController.Informers.Testing.Simulation;

/// <summary>A simulation found something. The message has the seed, the faults that it takes and a timeline.</summary>
public sealed class SimulationFailedException : Exception
{
    internal SimulationFailedException(SimulationResult result)
        : base(result.Report) => Result = result;

    /// <summary>The run.</summary>
    public SimulationResult Result { get; }
}
