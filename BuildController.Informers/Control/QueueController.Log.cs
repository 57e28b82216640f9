using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Control;

internal sealed partial class QueueController<TKey>
{
    [LoggerMessage(3000, LogLevel.Debug, "Controller {Controller} waits for {Count} caches to sync.", EventName = "ControllerWaiting")]
    private static partial void LogWaiting(ILogger logger, string controller, int count);

    [LoggerMessage(3001, LogLevel.Information, "Controller {Controller} started {Workers} workers.", EventName = "ControllerStarted")]
    private static partial void LogStarted(ILogger logger, string controller, int workers);

    [LoggerMessage(3002, LogLevel.Information, "Controller {Controller} stopped.", EventName = "ControllerStopped")]
    private static partial void LogStopped(ILogger logger, string controller);

    [LoggerMessage(3003, LogLevel.Critical, "Controller {Controller} failed and reconciles nothing any more.", EventName = "ControllerFailed")]
    private static partial void LogFailed(ILogger logger, string controller, Exception error);

    [LoggerMessage(3004, LogLevel.Error, "A callback on a cancellation token of controller {Controller} threw; the controller stops all the same.", EventName = "ControllerCancellationFailed")]
    private static partial void LogCancellationFailed(ILogger logger, string controller, Exception error);

    [LoggerMessage(3005, LogLevel.Information, "Controller {Controller} is ready and waits to lead.", EventName = "ControllerStandby")]
    private static partial void LogStandby(ILogger logger, string controller);
}
