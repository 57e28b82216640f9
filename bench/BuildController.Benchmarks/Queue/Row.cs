using System.Globalization;
using BuildController.Benchmarks.Measure;

namespace BuildController.Benchmarks.Queue;

/// <summary>Measures one row and prints it: of several rounds the one in the middle.</summary>
internal static class Row
{
    /// <summary>Small enough to be quick, large enough that the code is compiled for good.</summary>
    private const int WarmUp = 60_000;
    private const int Rounds = 5;

    public static Task MeasureAsync(string name, int operations, Action<int> run) =>
        MeasureAsync(name, operations, count =>
        {
            run(count);
            return Task.CompletedTask;
        });

    public static async Task MeasureAsync(string name, int operations, Func<int, Task> run)
    {
        for (int i = 0; i < 4; i++)
        {
            await run(Math.Min(WarmUp, operations));
            await Task.Delay(TimeSpan.FromMilliseconds(120), TimeProvider.System); // The compiler works beside.
        }

        var rounds = new List<(PhaseCost Cost, long Allocated)>();
        for (int i = 0; i < Rounds; i++)
        {
            Report.SettledHeap();
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            var phase = Phase.Begin();
            await run(operations);
            rounds.Add((phase.End(), GC.GetTotalAllocatedBytes(precise: true) - allocated));
        }

        (PhaseCost cost, long bytes) = rounds.OrderBy(static round => round.Cost.Wall).ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"buildcontroller queue {name}: ops={operations} wall_s={cost.Wall:0.000} cpu_s={cost.Cpu:0.000} ns_per_op_wall={cost.Wall * 1e9 / operations:0} bytes_per_op={(double)bytes / operations:0.0}"));
    }
}
