using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

internal static partial class ReflectorLog
{
    [LoggerMessage(1000, LogLevel.Warning, "Reading {Resource} in namespace '{Namespace}' failed: {Reason}; the informer waits and {AndThen}", EventName = "Failed")]
    public static partial void Failed(this ILogger logger, Exception error, GroupVersionResource resource, string? @namespace, string reason, string andThen);

    [LoggerMessage(1001, LogLevel.Information, "The watch of {Resource} in namespace '{Namespace}' expired at version {Version}; the informer lists again", EventName = "WatchExpired")]
    public static partial void WatchExpired(this ILogger logger, GroupVersionResource resource, string? @namespace, string? version);

    [LoggerMessage(1002, LogLevel.Information, "The server cannot list {Resource} in namespace '{Namespace}' at version {Version}: {Reason}; the informer asks for the newest", EventName = "VersionUnavailable")]
    public static partial void VersionUnavailable(this ILogger logger, GroupVersionResource resource, string? @namespace, string? version, string reason);

    [LoggerMessage(1003, LogLevel.Information, "Nothing came on the watch of {Resource} in namespace '{Namespace}' for {Seconds} s, not even a bookmark; the informer opens another at version {Version}. Silent watches in a row: {Count}", EventName = "WatchSilent")]
    public static partial void WatchSilent(this ILogger logger, GroupVersionResource resource, string? @namespace, double seconds, string? version, int count);

    [LoggerMessage(1004, LogLevel.Information, "The list of {Resource} in namespace '{Namespace}' cannot be streamed: {Reason}; the informer lists and watches instead, at least until {Until}", EventName = "NotStreamed")]
    public static partial void NotStreamed(this ILogger logger, GroupVersionResource resource, string? @namespace, string reason, string until);

    [LoggerMessage(1005, LogLevel.Error, "{Resource} {Key} cannot be decoded at version {Version}; the informer keeps what it had of it", EventName = "ObjectUndecodable")]
    public static partial void ObjectUndecodable(this ILogger logger, Exception error, GroupVersionResource resource, ObjectKey key, string version);

    [LoggerMessage(1006, LogLevel.Error, "Among {Resource} there came a {ApiVersion} {Kind}, which is no {Expected}; it is left out", EventName = "ObjectOfAnotherKind")]
    public static partial void ObjectOfAnotherKind(this ILogger logger, GroupVersionResource resource, string apiVersion, string kind, string expected);

    [LoggerMessage(1007, LogLevel.Error, "The transform of {Resource} failed; the object is kept as it came", EventName = "TransformFailed")]
    public static partial void TransformFailed(this ILogger logger, Exception error, GroupVersionResource resource);

    [LoggerMessage(1008, LogLevel.Error, "An object of {Resource} has no name that can be read; it is left out", EventName = "ObjectSkipped")]
    public static partial void ObjectSkipped(this ILogger logger, Exception? error, GroupVersionResource resource);

    [LoggerMessage(1009, LogLevel.Debug, "Reading {Resource} in namespace '{Namespace}' failed while the informer stopped", EventName = "FailedWhileStopping")]
    public static partial void FailedWhileStopping(this ILogger logger, Exception error, GroupVersionResource resource, string? @namespace);

    [LoggerMessage(1010, LogLevel.Debug, "The informer of {Resource} in namespace '{Namespace}' stopped while it waited", EventName = "Stopped")]
    public static partial void Stopped(this ILogger logger, GroupVersionResource resource, string? @namespace);

    [LoggerMessage(1011, LogLevel.Information, "The server does not serve {Resource}: {Reason}; the informer takes it for empty and asks again from time to time", EventName = "NotServed")]
    public static partial void NotServed(this ILogger logger, GroupVersionResource resource, string reason);
}
