using System.Diagnostics;
using System.Globalization;
using BuildController.Informers.Diagnostics;

namespace BuildController.Tests.Informers.Diagnostics;

/// <summary>
/// Listens to the spans of a source and keeps them. A source belongs to the process and tests may run side by side: a test that is not
/// alone tells its spans by a tag's value of its own.
/// </summary>
internal sealed class SpanProbe : IDisposable
{
    private readonly Lock gate = new();
    private readonly ActivityListener listener;
    private readonly List<Activity> started = [];
    private readonly List<Activity> ended = [];

    public SpanProbe(string sourceName = ActivityNames.SourceName)
        : this(sourceName, static _ => true)
    {
    }

    /// <summary>Keeps the spans whose tag has a value.</summary>
    public SpanProbe(string tag, string value)
        : this(ActivityNames.SourceName, span => span.GetTagItem(tag)?.ToString() == value)
    {
    }

    private SpanProbe(string sourceName, Func<Activity, bool> isWanted)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == sourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span => Note(started, span, isWanted),
            ActivityStopped = span => Note(ended, span, isWanted),
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>In the order of their beginnings.</summary>
    public Activity[] Started => Copy(started);

    /// <summary>In the order of their ends.</summary>
    public Activity[] Ended => Copy(ended);

    /// <summary>Of those that have ended the names, durations in seconds and tags.</summary>
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

    private void Note(List<Activity> list, Activity span, Func<Activity, bool> isWanted)
    {
        if (!isWanted(span))
            return;

        lock (gate)
            list.Add(span);
    }

    private Activity[] Copy(List<Activity> list)
    {
        lock (gate)
            return [.. list];
    }
}
