using System.Globalization;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>How many runs of a scenario came out.</summary>
public sealed class SampleResult
{
    internal const int MostFailures = 3;

    private readonly Lock gate = new();
    private readonly SortedDictionary<FaultKind, long> faults = [];
    private List<SimulationResult> failures = [];
    private long steps;

    /// <summary>How many runs there were.</summary>
    public int Runs { get; private set; }

    /// <summary>How many steps they took in all.</summary>
    public long Steps => steps;

    /// <summary>How often what went wrong.</summary>
    public IReadOnlyDictionary<FaultKind, long> Faults => faults;

    /// <summary>The runs that failed, a few at most: then no more are begun.</summary>
    public IReadOnlyList<SimulationResult> Failures
    {
        get
        {
            lock (gate)
                return [.. failures];
        }
    }

    /// <summary>The counts, in one line, and the report of the first failure.</summary>
    public string Report
    {
        get
        {
            string counts = string.Create(CultureInfo.InvariantCulture, $"{Runs} runs, {faults.Values.Sum()} faults of {faults.Count} kinds, {steps} steps, {failures.Count} failures");
            return failures.Count == 0 ? counts : $"{counts}\n{failures[0].Report}";
        }
    }

    /// <summary>Ends a test that has failed.</summary>
    /// <exception cref="SimulationFailedException">A run has failed; the message is its report.</exception>
    public void ThrowIfFailed()
    {
        if (failures.Count > 0)
            throw new SimulationFailedException(failures[0]);
    }

    internal void Add(SimulationResult result)
    {
        lock (gate)
        {
            Runs++;
            steps += result.Steps;
            foreach ((_, Fault fault) in result.Faults)
                faults[fault.Kind] = faults.GetValueOrDefault(fault.Kind) + 1;

            if (!result.IsSuccess)
                failures.Add(result);
        }
    }

    internal void Shorten(Func<SimulationResult, SimulationResult> shorten)
    {
        failures = [.. failures.OrderBy(static failure => failure.Seed)];
        if (failures.Count > 0)
            failures[0] = shorten(failures[0]);
    }
}
