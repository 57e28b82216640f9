using System.Diagnostics;
using BuildController.Informers.Diagnostics;

namespace BuildController.Tests.Informers.Diagnostics;

/// <summary>
/// Listens to the library's spans and keeps those that belong to this test: tests run side by side, and a source belongs to the
/// process, so a test tells its spans by a tag's value of its own.
/// </summary>
internal sealed class SpanProbe : IDisposable
{
    private readonly Lock gate = new();
    private readonly ActivityListener listener;
    private readonly List<Activity> ended = [];

    public SpanProbe(string tag, string value)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ActivityNames.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem(tag)?.ToString() != value)
                    return;

                lock (gate)
                    ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public Activity[] Ended
    {
        get
        {
            lock (gate)
                return [.. ended];
        }
    }

    public void Dispose() => listener.Dispose();
}
