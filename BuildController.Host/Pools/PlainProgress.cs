using System.Globalization;

namespace BuildController.Host.Pools;

/// <summary>A line for each step, with its time since the beginning: for pipes and logs.</summary>
internal sealed class PlainProgress(string pool, TextWriter output, TimeProvider time) : IProgressView
{
    private readonly long started = time.GetTimestamp();

    public Task TellAsync(RebuildProgress progress) => WriteAsync($"{progress.Stage.ToString().ToLowerInvariant()}: {progress.Message}");

    public Task EndAsync(bool isGood, string message) => WriteAsync(message);

    private Task WriteAsync(string text) => output.WriteLineAsync(
        string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds,6:0.0}s {pool} {text.ReplaceLineEndings(" ")}"));
}
