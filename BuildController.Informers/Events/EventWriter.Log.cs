using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Events;

internal static partial class EventWriterLog
{
    [LoggerMessage(5010, LogLevel.Warning, "Event {Reason} about {About} was refused and is dropped: {Text}", EventName = "EventRefused")]
    public static partial void EventRefused(this ILogger logger, Exception error, string reason, ObjectReference about, string text);

    [LoggerMessage(5011, LogLevel.Debug, "Event {Reason} about {About} was refused, which needs no attention: it exists, or its namespace is going: {Text}", EventName = "EventNotWanted")]
    public static partial void EventNotWanted(this ILogger logger, Exception error, string reason, ObjectReference about, string text);

    [LoggerMessage(5012, LogLevel.Information, "Event {Reason} about {About} could not be written at try {Tries}; the next follows in {Seconds} s", EventName = "EventRetried")]
    public static partial void EventRetried(this ILogger logger, Exception error, string reason, ObjectReference about, int tries, double seconds);

    [LoggerMessage(5013, LogLevel.Warning, "Event {Reason} about {About} could not be written in {Tries} tries and is dropped: {Text}", EventName = "EventGivenUp")]
    public static partial void EventGivenUp(this ILogger logger, Exception error, string reason, ObjectReference about, int tries, string text);
}
