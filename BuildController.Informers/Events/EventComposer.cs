using System.Globalization;
using BuildController.Informers.Api;

namespace BuildController.Informers.Events;

/// <summary>Makes the event of an occurrence, in the form in which it would be written were it the first of its kind.</summary>
internal sealed class EventComposer(string component, string? instance)
{
    private const int StampLength = 16;

    private readonly EventSource source = new(component, instance);
    private long lastStamp;

    public CoreEvent Compose(in Occurrence item) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = NextName(item.About.Name, item.Time),
            Namespace = string.IsNullOrEmpty(item.About.Namespace) ? "default" : item.About.Namespace,
        },
        InvolvedObject = item.About.Namespace is "" ? item.About with { Namespace = null } : item.About,
        Type = item.Type.ToString(),
        Reason = item.Reason,
        Message = item.Message,
        Source = source,
        FirstTimestamp = item.Time,
        LastTimestamp = item.Time,
        ReportingComponent = component,
        ReportingInstance = instance,
    };

    /// <summary>
    /// The object's name and the time in hexadecimal nanoseconds. Unique over restarts by the time, and within one tick of
    /// the clock by what it lacks in precision.
    /// </summary>
    private string NextName(string about, DateTimeOffset time)
    {
        lastStamp = Math.Max((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick, lastStamp + 1);
        string prefix = EventText.Cut(about, EventText.LongestName - StampLength - 1);
        if (prefix.Length < about.Length)
            prefix = prefix.TrimEnd('.', '-'); // No part of a name may end with these.

        return string.Create(CultureInfo.InvariantCulture, $"{prefix}.{lastStamp:x16}");
    }
}
