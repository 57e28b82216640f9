using System.CommandLine;
using System.Globalization;
using BuildController.Benchmarks.Models;
using BuildController.Informers.Cache;

namespace BuildController.Benchmarks.Measure;

/// <summary><c>lag</c>: how long after an event has been received the handler is called, at a steady rate.</summary>
internal static class LagCommand
{
    public static Command Create()
    {
        Option<int> count = CommandLine.Count();
        var rate = new Option<int>("--rate") { Description = "Events a second.", DefaultValueFactory = static _ => 1000 };
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = static _ => 10 };
        var command = new Command("lag", "Measures how long events take from the watch to the handler, in one process.") { count, rate, seconds };
        command.SetAction((result, stop) => RunAsync(result.GetValue(count), result.GetValue(rate), result.GetValue(seconds), stop));
        return command;
    }

    private static async Task<int> RunAsync(int count, int rate, int seconds, CancellationToken stop)
    {
        int events = rate * seconds;
        var source = new PacedClientset(count, rate, events);
        var lags = new List<double>(events);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var factory = new SharedInformerFactory(source);
        IHandlerRegistration handler = factory.For(PodTypes.Slim).AddHandler(ResourceEventHandler.Create<SlimPod>(updated: updated =>
        {
            lags.Add(TimeProvider.System.GetElapsedTime(source.SentAt(updated.New)).TotalMicroseconds);
            if (lags.Count == events)
                done.TrySetResult();
        }));
        factory.Start();
        await handler.WaitForSyncAsync(stop);
        Report.SettledHeap();
        source.Begin();
        await done.Task.WaitAsync(stop);

        lags.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"buildcontroller lag: events={events} rate={rate} p50_us={At(0.5):0} p99_us={At(0.99):0} max_us={lags[^1]:0}"));
        return 0;

        double At(double part) => lags[(int)(part * (lags.Count - 1))];
    }
}
