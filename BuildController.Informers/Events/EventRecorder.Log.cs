using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Events;

public sealed partial class EventRecorder
{
    [LoggerMessage(5000, LogLevel.Warning, "{Capacity} events wait to be written, so the newest are dropped, {Count} since this was last said. The last: {Reason} about {About}: {Text}", EventName = "EventQueueFull")]
    private static partial void EventQueueFull(ILogger logger, string reason, ObjectReference about, int capacity, string text, long count);

    [LoggerMessage(5001, LogLevel.Warning, "{Count} more events were dropped because too many waited", EventName = "EventsDropped")]
    private static partial void EventsDropped(ILogger logger, long count);

    [LoggerMessage(5002, LogLevel.Warning, "An event needs an object and a type that is known, so it is dropped, {Count} since this was last said. The last: {Reason} about '{About}' of type {Type}: {Text}", EventName = "EventInvalid")]
    private static partial void EventInvalid(ILogger logger, string? reason, ObjectReference? about, int type, string? text, long count);

    [LoggerMessage(5003, LogLevel.Debug, "Event {Reason} about {About} is not written, for there were too many about it; it is counted: {Text}", EventName = "EventIsSpam")]
    private static partial void EventIsSpam(ILogger logger, string reason, ObjectReference about, string text);

    [LoggerMessage(5004, LogLevel.Error, "Event {Reason} about {About} cannot be made and is dropped: {Text}", EventName = "EventFailed")]
    private static partial void EventFailed(ILogger logger, string reason, ObjectReference about, string text, Exception error);

    [LoggerMessage(5005, LogLevel.Warning, "{Count} events were not written before the recorder stopped, {Seconds} s after it was asked to", EventName = "EventsStopped")]
    private static partial void EventsStopped(ILogger logger, long count, double seconds);

    [LoggerMessage(5006, LogLevel.Information, "Events are dropped because the recorder has been disposed, {Count} since this was last said. The last: {Reason} about {About}: {Text}", EventName = "EventTooLate")]
    private static partial void EventTooLate(ILogger logger, string reason, ObjectReference about, string text, long count);

    [LoggerMessage(5007, LogLevel.Error, "A callback on a cancellation token of the event recorder threw; it stops all the same", EventName = "EventRecorderCancellationFailed")]
    private static partial void CancellationFailed(ILogger logger, Exception error);
}
