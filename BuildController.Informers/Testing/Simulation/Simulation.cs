using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>
/// Runs whole controllers, any number of them, with their cluster and its users on one scheduler in virtual time, lets things go
/// wrong, and checks what must hold at every step.
/// </summary>
/// <remarks>
/// Everything that happens follows from the seed: which fault befalls which request, how long messages are on the way, whose
/// task is next. So a run that fails can be looked at again, and made shorter. That holds as long as the code under test keeps to
/// its runtime: its clock, its scheduler, its randomness.
/// </remarks>
public static class Simulation
{
    /// <summary>Runs a scenario with the faults that follow from a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>How it came out. A failure is no exception: see <see cref="SimulationResult.ThrowIfFailed"/>.</returns>
    public static SimulationResult Run(int seed, SimulationScenario scenario, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        options ??= SimulationOptions.Default;
        SimulationResult result = new SimulationRun(seed, scenario, options, new SeededFaults(seed, options.Faults), isScripted: false).Run();
        return Shortened(result, options);
    }

    /// <summary>Runs a scenario with faults at chosen places.</summary>
    /// <param name="seed">The seed of all but the faults.</param>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="faults">What goes wrong where.</param>
    /// <param name="options">How; null for the defaults.</param>
    public static SimulationResult Run(int seed, SimulationScenario scenario, IFaultPlan faults, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(faults);
        return new SimulationRun(seed, scenario, options ?? SimulationOptions.Default, faults, isScripted: true).Run();
    }

    /// <summary>Runs a scenario with many seeds, on as many threads as the machine has cores. Ends early after a few failures.</summary>
    /// <param name="seeds">The seeds.</param>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it after the runs under way.</param>
    public static async Task<SampleResult> SampleAsync(
        IEnumerable<int> seeds, SimulationScenario scenario, SimulationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(scenario);
        options ??= SimulationOptions.Default;
        var sample = new SampleResult();
        await Batch.RunAsync(
            seeds,
            seed => sample.Add(new SimulationRun(seed, scenario, options, new SeededFaults(seed, options.Faults), isScripted: false).Run()),
            () => sample.Failures.Count < SampleResult.MostFailures,
            cancellationToken);
        sample.Shorten(result => Shortened(result, options));
        return sample;
    }

    /// <summary>
    /// Runs a scenario with one fault at each place where it can strike, each kind in turn, and with two, up to a bound: not at random, but
    /// all that there is.
    /// </summary>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="exploration">Which faults, and how far; null for the defaults.</param>
    /// <param name="options">How to run; its fault profile plays no part. Null for the defaults.</param>
    /// <param name="cancellationToken">Ends it after the runs under way.</param>
    public static Task<ExplorationResult> ExploreAsync(
        SimulationScenario scenario, ExplorationOptions? exploration = null, SimulationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return new Explorer(scenario, exploration ?? ExplorationOptions.Default, options ?? SimulationOptions.Default).RunAsync(cancellationToken);
    }

    private static SimulationResult Shortened(SimulationResult result, SimulationOptions options) =>
        result.IsSuccess || !options.ShrinksFailures ? result : result with { Shortest = Shrinker.Shrink(result, options) };
}
