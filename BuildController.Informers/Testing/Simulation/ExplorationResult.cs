using System.Globalization;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>What an exploration has tried, and found.</summary>
public sealed record ExplorationResult
{
    /// <summary>How many single faults were tried, each at one request.</summary>
    public required int Singles { get; init; }

    /// <summary>How many of them were crashes.</summary>
    public required int CrashPoints { get; init; }

    /// <summary>How many pairs of faults were tried.</summary>
    public required int Pairs { get; init; }

    /// <summary>How many pairs there are in all.</summary>
    public required long PairsInAll { get; init; }

    /// <summary>How many requests the undisturbed run makes, of the processes that are disturbed.</summary>
    public required int Requests { get; init; }

    /// <summary>How many steps all runs took.</summary>
    public required long Steps { get; init; }

    /// <summary>The runs that failed, a few at most: then no more are begun.</summary>
    public required IReadOnlyList<SimulationResult> Failures { get; init; }

    /// <summary>The counts, in one line, and the report of the first failure.</summary>
    public string Report
    {
        get
        {
            string counts = string.Create(
                CultureInfo.InvariantCulture,
                $"{Requests} requests undisturbed, {Singles} single faults ({CrashPoints} crash points), {Pairs} of {PairsInAll} pairs, {Steps} steps, {Failures.Count} failures");
            return Failures.Count == 0 ? counts : $"{counts}\n{Failures[0].Report}";
        }
    }

    /// <summary>Ends a test that has failed.</summary>
    /// <exception cref="SimulationFailedException">A run has failed; the message is its report.</exception>
    public void ThrowIfFailed()
    {
        if (Failures.Count > 0)
            throw new SimulationFailedException(Failures[0]);
    }
}
