using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Client;

internal static partial class ConflictRetryLog
{
    [LoggerMessage(2004, LogLevel.Debug, "A write met a conflict; it is decided again in {Milliseconds} ms, for the {Attempt}. time of at most {MaxAttempts}", EventName = "DecidingAgain")]
    public static partial void DecidingAgain(this ILogger logger, Exception error, double milliseconds, int attempt, int maxAttempts);
}
