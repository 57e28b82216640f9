using System.Globalization;
using BuildController.Benchmarks.Measure;

namespace BuildController.Benchmarks.Queue;

/// <summary>Measures one row and prints it.</summary>
internal static class Row
{
    /// <summary>Small enough to be quick, large enough that the code is compiled for good.</summary>
    private const int WarmUp = 60_000;

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

        Report.SettledHeap();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        var phase = Phase.Begin();
        await run(operations);
        PhaseCost cost = phase.End();
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"buildcontroller queue {name}: ops={operations} wall_s={cost.Wall:0.000} cpu_s={cost.Cpu:0.000} ns_per_op_wall={cost.Wall * 1e9 / operations:0} bytes_per_op={(double)allocated / operations:0.0}"));
    }
}
