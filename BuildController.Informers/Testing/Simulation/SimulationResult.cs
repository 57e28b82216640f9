using System.Globalization;
using System.Text;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>How one run of a scenario came out. The same seed, scenario and options give the same, to the last character of the trace.</summary>
public sealed record SimulationResult
{
    /// <summary>What was simulated.</summary>
    public required SimulationScenario Scenario { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>What went wrong with what was tested; null if all was well.</summary>
    public required SimulationFailure? Failure { get; init; }

    /// <summary>What happened, in order.</summary>
    public required IReadOnlyList<TraceEntry> Trace { get; init; }

    /// <summary>What was made to go wrong, and where: client and number of its request.</summary>
    public required IReadOnlyList<KeyValuePair<(string Client, int Number), Fault>> Faults { get; init; }

    /// <summary>How many requests each process made.</summary>
    public required IReadOnlyDictionary<string, int> Requests { get; init; }

    /// <summary>How many steps were run.</summary>
    public required long Steps { get; init; }

    /// <summary>How much virtual time has passed.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Of a failed run the shortest one found that fails as well, with the fewest faults; null where none was looked for or found.</summary>
    public SimulationResult? Shortest { get; init; }

    /// <summary>Whether all was well.</summary>
    public bool IsSuccess => Failure is null;

    /// <summary>The whole trace as text.</summary>
    public string TraceText
    {
        get
        {
            var text = new StringBuilder();
            foreach (TraceEntry entry in Trace)
                text.Append(entry.ToString()).Append('\n');

            return text.ToString();
        }
    }

    /// <summary>What failed, the faults that it takes, and a timeline; one line for a success.</summary>
    public string Report => Failure is null
        ? string.Create(CultureInfo.InvariantCulture, $"'{Scenario.Name}' is well with seed {Seed}: {Faults.Count} faults, {Steps} steps, {Elapsed.TotalSeconds:0} s")
        : FailureReport.Of(this);

    /// <summary>Ends a test that has failed.</summary>
    /// <exception cref="SimulationFailedException">The run has failed; the message is the report.</exception>
    public void ThrowIfFailed()
    {
        if (Failure is not null)
            throw new SimulationFailedException(this);
    }

    /// <inheritdoc cref="Report"/>
    public override string ToString() => Report;
}

/// <summary>What a simulation found.</summary>
/// <param name="What">Which invariant was violated and how, or what did not come about.</param>
public sealed record SimulationFailure(string What);
