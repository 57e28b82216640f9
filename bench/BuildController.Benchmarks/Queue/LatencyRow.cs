using System.Globalization;
using BuildController.Informers.Execution;
using BuildController.Informers.WorkQueue;

namespace BuildController.Benchmarks.Queue;

/// <summary>How long after its add a key is with a worker that waits for it, in a process that does nothing else.</summary>
internal static class LatencyRow
{
    private const int Samples = 5000;

    public static async Task RunAsync(CancellationToken stop)
    {
        TimeProvider clock = TimeProvider.System;
        using var queue = new WorkQueue<int>(new WorkQueueOptions<int> { Name = "bench" }, OperatorRuntime.Default);
        long[] added = new long[Samples];
        var lags = new List<double>(Samples);
        Task worker = OperatorRuntime.Default.Start(WorkAsync);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1), clock);
        for (int i = 0; i < Samples && await pace.WaitForNextTickAsync(stop); i++)
        {
            added[i] = clock.GetTimestamp();
            queue.Add(i);
        }

        await queue.ShutDownWithDrainAsync(stop);
        await worker;
        lags.RemoveRange(0, Samples / 10); // The first ones are compiled.
        lags.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"buildcontroller queue latency: samples={lags.Count} p50_us={At(0.5):0.0} p99_us={At(0.99):0.0} max_us={lags[^1]:0.0}"));

        async Task WorkAsync()
        {
            while (await queue.GetAsync(CancellationToken.None) is { IsShutDown: false, Key: var key })
            {
                lags.Add(clock.GetElapsedTime(added[key]).TotalMicroseconds);
                queue.Done(key);
            }
        }

        double At(double part) => lags[(int)(part * (lags.Count - 1))];
    }
}
