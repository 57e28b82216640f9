using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Globalization;
using BuildController.Informers.Diagnostics;

namespace BuildController.Benchmarks.Queue;

/// <summary><c>queue</c>: what the operations of a work queue cost.</summary>
internal static class QueueCommand
{
    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "How many operations a row measures.", DefaultValueFactory = static _ => 1_000_000 };
        var producers = new Option<int>("--producers") { Description = "How many tasks add.", DefaultValueFactory = static _ => 4 };
        var consumers = new Option<int>("--consumers") { Description = "How many tasks take.", DefaultValueFactory = static _ => 4 };
        var metrics = new Option<bool>("--metrics") { Description = "Listen to the queue's instruments, as an exporter does." };
        var command = new Command("queue", "Measures the work queue, one line a row.") { count, producers, consumers, metrics };
        command.SetAction(async (result, stop) =>
        {
            using MeterListener? listener = result.GetValue(metrics) ? Listen() : null;
            await RunAsync(result.GetValue(count), result.GetValue(producers), result.GetValue(consumers), stop);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(int count, int producers, int consumers, CancellationToken stop)
    {
        string[] keys = [.. Enumerable.Range(0, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"openshift-machine-config-operator/pool-{i}"))];
        var rows = new QueueRows(keys, producers, consumers);
        await Row.MeasureAsync("add-get-done-1thread", count, rows.AddGetDone);
        await Row.MeasureAsync("fill-then-drain-1thread", count, rows.FillThenDrain);
        await Row.MeasureAsync($"{producers}p{consumers}c", count, rows.ProduceAndConsumeAsync);
        await Row.MeasureAsync("dedupe-1000keys", count, rows.Deduplicate);
        await Row.MeasureAsync("ratelimited-forget", count, rows.RetryAndForget);
        await Row.MeasureAsync("addafter-fire-100k", Math.Min(100_000, count), rows.DelayAndFire);
        await Row.MeasureAsync("addafter-fire-100k-realtime", Math.Min(100_000, count), rows.DelayAndFireInRealTimeAsync);
        await LatencyRow.RunAsync(stop);
    }

    /// <summary>An exporter that keeps sums: what every listener must do at least.</summary>
    private static MeterListener Listen()
    {
        double sum = 0;
        long total = 0;
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listening) =>
            {
                if (instrument.Meter.Name == MetricNames.Meter)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => sum += value);
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => total += value);
        listener.Start();
        return listener;
    }
}
