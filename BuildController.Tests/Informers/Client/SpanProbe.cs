using System.Diagnostics;
using System.Globalization;
using BuildController.Informers.Diagnostics;

namespace BuildController.Tests.Informers.Client;

/// <summary>Listens to the spans of a source, the library's if none is named, and keeps those that have ended, in the order of their ends.</summary>
internal sealed class SpanProbe : IDisposable
{
    private readonly ActivityListener listener;

    public SpanProbe(string sourceName = ActivityNames.SourceName)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == sourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = span =>
            {
                lock (Ended)
                    Started.Add(span);
            },
            ActivityStopped = span =>
            {
                lock (Ended)
                    Ended.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public List<Activity> Started { get; } = [];

    public List<Activity> Ended { get; } = [];

    /// <summary>Their names, durations in seconds and tags.</summary>
    public IEnumerable<string> Told => Ended.Select(Tell);

    public void Dispose() => listener.Dispose();

    private static string Tell(Activity span)
    {
        // A span that took no time takes a tick.
        string text = string.Create(CultureInfo.InvariantCulture, $"{span.OperationName} {Math.Floor(span.Duration.TotalMilliseconds) / 1000} s");
        foreach ((string tag, object? of) in span.TagObjects)
            text += string.Create(CultureInfo.InvariantCulture, $" {tag}={of}");

        return span.Status == ActivityStatusCode.Error ? text + " ERROR" : text;
    }
}
