using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Control;

internal sealed partial class ReconcileRunner<TKey>
{
    [LoggerMessage(3010, LogLevel.Error, "Controller {Controller} failed to reconcile {Key} after {Retries} retries; it will be retried.", EventName = "ReconcileFailed")]
    private static partial void LogReconcileFailed(ILogger logger, string controller, TKey key, int retries, Exception error);

    [LoggerMessage(3011, LogLevel.Error, "Controller {Controller} failed to reconcile {Key} for good; it waits for the next event.", EventName = "ReconcileFailedForGood")]
    private static partial void LogTerminal(ILogger logger, string controller, TKey key, Exception error);

    [LoggerMessage(3012, LogLevel.Error, "Controller {Controller} did not reconcile {Key} within {Timeout}; it will be retried.", EventName = "ReconcileTimedOut")]
    private static partial void LogTimedOut(ILogger logger, string controller, TKey key, TimeSpan timeout, Exception error);

    [LoggerMessage(3013, LogLevel.Information, "Controller {Controller} stopped, or does not lead any more, while it reconciled {Key}.", EventName = "ReconcileCancelled")]
    private static partial void LogCancelled(ILogger logger, string controller, TKey key);

    [LoggerMessage(3014, LogLevel.Warning, "Controller {Controller} was given {Key} more than {Burst} times in a row: something wakes it up again and again, perhaps its own writes. From now on it is reconciled once in {Interval}, until that ends.", EventName = "ReconcileHotLoop")]
    private static partial void LogHotLoop(ILogger logger, string controller, TKey key, int burst, TimeSpan interval);
}
