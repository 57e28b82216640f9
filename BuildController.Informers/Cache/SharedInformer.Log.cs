using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

internal static partial class SharedInformerLog
{
    [LoggerMessage(LogLevel.Error, "The handler {Handler} failed at {Notification} of {Resource} {Key}; the next event follows")]
    public static partial void HandlerFailed(this ILogger logger, Exception error, string handler, NotificationType notification, GroupVersionResource resource, ObjectKey key);

    [LoggerMessage(LogLevel.Error, "Applying {Delta} of {Resource} failed; the store keeps what it had")]
    public static partial void ApplyFailed(this ILogger logger, Exception error, DeltaType delta, GroupVersionResource resource);

    [LoggerMessage(LogLevel.Debug, "The local copy of {Resource} in namespace '{Namespace}' has synced: {Count} objects at version {Version}")]
    public static partial void Synced(this ILogger logger, GroupVersionResource resource, string? @namespace, int count, string version);

    [LoggerMessage(LogLevel.Debug, "The resyncs of {Resource} have stopped")]
    public static partial void ResyncsStopped(this ILogger logger, GroupVersionResource resource);
}
