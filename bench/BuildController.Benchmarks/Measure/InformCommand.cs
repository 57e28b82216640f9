using System.CommandLine;
using BuildController.Benchmarks.Models;
using BuildController.Informers.Api;

namespace BuildController.Benchmarks.Measure;

/// <summary><c>inform</c>: the whole path, from the server's bytes to workers that look objects up.</summary>
internal static class InformCommand
{
    public static Command Create()
    {
        Option<Uri> server = CommandLine.Server();
        Option<int> count = CommandLine.Count(), events = CommandLine.Events();
        var type = new Option<string>("--type") { Description = "What is kept of a pod: pod, slim or metadata.", DefaultValueFactory = static _ => "pod" };
        type.AcceptOnlyFromAmong("pod", "slim", "metadata");
        var workers = new Option<int>("--workers") { Description = "How many workers look objects up.", DefaultValueFactory = static _ => 2 };
        var relist = new Option<bool>("--relist") { Description = "Goes on until a server started with --expire was listed again." };
        var command = new Command("inform", "Informs pods and measures what it takes.") { server, count, events, type, workers, relist };
        command.SetAction((result, stop) =>
        {
            var options = new InformOptions(
                result.GetValue(server)!, result.GetValue(count), result.GetValue(events), result.GetValue(workers), result.GetValue(relist));
            return result.GetValue(type) switch
            {
                "slim" => RunAsync(PodTypes.Slim, options, stop),
                "metadata" => RunAsync(PodTypes.Metadata, options, stop),
                _ => RunAsync(PodTypes.Full, options, stop),
            };
        });
        return command;
    }

    private static async Task<int> RunAsync<T>(ResourceType<T> type, InformOptions options, CancellationToken stop)
        where T : class
    {
        await using var run = new InformRun<T>(type, options);
        return await run.MeasureAsync(stop) ? 0 : 1;
    }
}

/// <summary>What is informed.</summary>
internal sealed record InformOptions(Uri Server, int Count, int Events, int Workers, bool Relist);
