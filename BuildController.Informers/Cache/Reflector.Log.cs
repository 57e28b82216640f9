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

    [LoggerMessage(LogLevel.Information, "Nothing came on the watch of {Resource} in namespace '{Namespace}' for {Seconds} s, not even a bookmark; the informer opens another at version {Version}. Silent watches in a row: {Count}")]
    public static partial void WatchSilent(this ILogger logger, GroupVersionResource resource, string? @namespace, double seconds, string? version, int count);

    [LoggerMessage(LogLevel.Information, "The list of {Resource} in namespace '{Namespace}' cannot be streamed: {Reason}; the informer lists and watches instead, at least until {Until}")]
    public static partial void NotStreamed(this ILogger logger, GroupVersionResource resource, string? @namespace, string reason, string until);

    [LoggerMessage(LogLevel.Error, "{Resource} {Key} cannot be decoded at version {Version}; the informer keeps what it had of it")]
    public static partial void ObjectUndecodable(this ILogger logger, Exception error, GroupVersionResource resource, ObjectKey key, string version);

    [LoggerMessage(LogLevel.Error, "Among {Resource} there came a {ApiVersion} {Kind}, which is no {Expected}; it is left out")]
    public static partial void ObjectOfAnotherKind(this ILogger logger, GroupVersionResource resource, string apiVersion, string kind, string expected);

    [LoggerMessage(LogLevel.Error, "The transform of {Resource} failed; the object is kept as it came")]
    public static partial void TransformFailed(this ILogger logger, Exception error, GroupVersionResource resource);

    [LoggerMessage(LogLevel.Error, "An object of {Resource} has no name that can be read; it is left out")]
    public static partial void ObjectSkipped(this ILogger logger, Exception? error, GroupVersionResource resource);

    [LoggerMessage(LogLevel.Debug, "Reading {Resource} in namespace '{Namespace}' failed while the informer stopped")]
    public static partial void FailedWhileStopping(this ILogger logger, Exception error, GroupVersionResource resource, string? @namespace);

    [LoggerMessage(LogLevel.Debug, "The informer of {Resource} in namespace '{Namespace}' stopped while it waited")]
    public static partial void Stopped(this ILogger logger, GroupVersionResource resource, string? @namespace);
}
