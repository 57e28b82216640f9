using System.Globalization;
using System.Text;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>Tells a person what a failed run was: what failed, what it takes to make it fail, and what happened before.</summary>
internal static class FailureReport
{
    /// <summary>More of the end than a screen, less than a book.</summary>
    private const int Lines = 120;

    public static string Of(SimulationResult result)
    {
        SimulationResult shown = result.Shortest ?? result;
        var text = new StringBuilder();
        Line(text, $"'{result.Scenario.Name}' fails with seed {result.Seed}: {result.Failure!.What}");
        if (shown != result && shown.Failure!.What != result.Failure.What)
            Line(text, $"The shortest run found fails so: {shown.Failure.What}");

        Line(text, $"Faults that it takes ({shown.Faults.Count} of {result.Faults.Count}):");
        foreach (((string client, int number), Fault fault) in shown.Faults)
            Line(text, $"    {client}#{number}: {fault}");

        int from = Math.Max(0, shown.Trace.Count - Lines);
        Line(text, $"Timeline{(from > 0 ? $", the last {Lines} of {shown.Trace.Count} lines" : string.Empty)}:");
        for (int i = from; i < shown.Trace.Count; i++)
            text.Append(shown.Trace[i].ToString()).Append('\n');

        Line(text, $"To see it again: Simulation.Run({result.Seed}, scenario), with the same options.");
        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
