using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

internal static partial class SharedInformerLog
{
    [LoggerMessage(1100, LogLevel.Error, "The handler {Handler} failed at {Notification} of {Resource} {Key}; the next event follows", EventName = "HandlerFailed")]
    public static partial void HandlerFailed(this ILogger logger, Exception error, string handler, NotificationType notification, GroupVersionResource resource, ObjectKey key);

    [LoggerMessage(1101, LogLevel.Error, "Applying {Delta} of {Resource} failed; the store keeps what it had", EventName = "ApplyFailed")]
    public static partial void ApplyFailed(this ILogger logger, Exception error, DeltaType delta, GroupVersionResource resource);

    [LoggerMessage(1102, LogLevel.Debug, "The local copy of {Resource} in namespace '{Namespace}' has synced: {Count} objects at version {Version}", EventName = "Synced")]
    public static partial void Synced(this ILogger logger, GroupVersionResource resource, string? @namespace, int count, string version);

    [LoggerMessage(1103, LogLevel.Debug, "The resyncs of {Resource} have stopped", EventName = "ResyncsStopped")]
    public static partial void ResyncsStopped(this ILogger logger, GroupVersionResource resource);
}
