using System.CommandLine;
using System.Globalization;
using BuildController.Benchmarks.Measure;
using BuildController.Core.Images;
using BuildController.Core.Rebuild;

namespace BuildController.Benchmarks.Machine;

/// <summary><c>machine</c>: how fast the rebuild machine decides, on one core.</summary>
internal static class MachineCommand
{
    private const int Rounds = 7;

    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "How many observations a round decides.", DefaultValueFactory = static _ => 2_000_000 };
        var plans = new Option<bool>("--plans") { Description = "Also a line for each kind of plan." };
        var command = new Command("machine", "Measures the rebuild machine's decisions.") { count, plans };
        command.SetAction(result => Run(result.GetValue(count), result.GetValue(plans)));
        return command;
    }

    private static void Run(int count, bool perPlan)
    {
        PoolObservation[] story = [.. PoolStory.Observations(ImageBuilderType.CustomPodBuilder), .. PoolStory.Observations(ImageBuilderType.OpenShiftImageBuilder)];
        if (perPlan)
        {
            foreach (IGrouping<string, PoolObservation> group in story.GroupBy(NameOf).OrderByDescending(static group => group.Count()))
                Measure($"{group.Key} ({group.Count()} of {story.Length})", [.. group], count / 10, Decide);
        }

        Measure("read-and-decide", story, count, static (observation, policy) => Decide(observation with { Pool = observation.Pool }, policy));
        Measure("decide", story, count, Decide);
    }

    private static Plan Decide(PoolObservation observation, RebuildPolicy policy) => RebuildMachine.Decide(observation, policy);

    private static string NameOf(PoolObservation observation) => Decide(observation, RebuildPolicy.Default).GetType().Name;

    /// <summary>Prints the round in the middle, by processor time: other programs take the core away, but not that.</summary>
    private static void Measure(string name, PoolObservation[] observations, int count, Func<PoolObservation, RebuildPolicy, Plan> decide)
    {
        for (int i = 0; i < 3; i++)
        {
            Round(observations, Math.Min(count, 200_000), decide);
            Thread.Sleep(120); // The compiler works beside.
        }

        var rounds = new List<(PhaseCost Cost, long Bytes)>();
        for (int i = 0; i < Rounds; i++)
        {
            Report.SettledHeap();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            var phase = Phase.Begin();
            Round(observations, count, decide);
            rounds.Add((phase.End(), GC.GetAllocatedBytesForCurrentThread() - bytes));
        }

        (PhaseCost cost, long allocated) = rounds.OrderBy(static round => round.Cost.Cpu).ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"buildcontroller machine {name}: observations={count} wall_s={cost.Wall:0.00} cpu_s={cost.Cpu:0.00} decisions_per_s={count / cost.Cpu:0} ns_per_decision={cost.Cpu * 1e9 / count:0} bytes_per_decision={(double)allocated / count:0}"));
    }

    private static void Round(PoolObservation[] observations, int count, Func<PoolObservation, RebuildPolicy, Plan> decide)
    {
        RebuildPolicy policy = RebuildPolicy.Default;
        for (int i = 0, at = 0; i < count; i++)
        {
            if (decide(observations[at], policy) is null)
                throw new InvalidOperationException("No plan.");

            if (++at == observations.Length)
                at = 0;
        }
    }
}
