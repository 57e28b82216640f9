using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

internal static partial class ReflectorLog
{
    [LoggerMessage(LogLevel.Warning, "Reading {Resource} in namespace '{Namespace}' failed: {Reason}; the informer waits and {AndThen}")]
    public static partial void Failed(this ILogger logger, Exception error, GroupVersionResource resource, string? @namespace, string reason, string andThen);

    [LoggerMessage(LogLevel.Information, "The watch of {Resource} in namespace '{Namespace}' expired at version {Version}; the informer lists again")]
    public static partial void WatchExpired(this ILogger logger, GroupVersionResource resource, string? @namespace, string? version);

    [LoggerMessage(LogLevel.Information, "The server cannot list {Resource} in namespace '{Namespace}' at version {Version}: {Reason}; the informer asks for the newest")]
    public static partial void VersionUnavailable(this ILogger logger, GroupVersionResource resource, string? @namespace, string? version, string reason);

    [LoggerMessage(LogLevel.Error, "The transform of {Resource} failed; the object is kept as it came")]
    public static partial void TransformFailed(this ILogger logger, Exception error, GroupVersionResource resource);

    [LoggerMessage(LogLevel.Error, "An object of {Resource} has no name that can be read; it is left out")]
    public static partial void ObjectSkipped(this ILogger logger, Exception? error, GroupVersionResource resource);

    [LoggerMessage(LogLevel.Debug, "Reading {Resource} in namespace '{Namespace}' failed while the informer stopped")]
    public static partial void FailedWhileStopping(this ILogger logger, Exception error, GroupVersionResource resource, string? @namespace);

    [LoggerMessage(LogLevel.Debug, "The informer of {Resource} in namespace '{Namespace}' stopped while it waited")]
    public static partial void Stopped(this ILogger logger, GroupVersionResource resource, string? @namespace);
}
