using System.CommandLine;
using System.Globalization;

namespace BuildController.Benchmarks.Replay;

/// <summary><c>replay</c>: the canned server, until it is stopped.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The port on loopback.", DefaultValueFactory = static _ => 18080 };
        Option<int> count = CommandLine.Count(), events = CommandLine.Events();
        var rate = new Option<int>("--rate") { Description = "Events a second; 0, the default, sends them as fast as they are read." };
        var expire = new Option<bool>("--expire") { Description = "After the last event, end the watch once with 410, so that the client lists again." };
        var command = new Command("replay", "Serves canned lists and watches of pods.") { port, count, events, rate, expire };
        command.SetAction((result, stop) => RunAsync(
            new ReplayOptions(result.GetValue(port), result.GetValue(count), result.GetValue(events), result.GetValue(rate), result.GetValue(expire)), stop));
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, CancellationToken stop)
    {
        await using ReplayServer server = await ReplayServer.StartAsync(options);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Listening on {server.Address} with {options.Count} pods of {server.PodLength} bytes and {options.Events} events."));
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        return 0;
    }
}
