using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Client;

internal static partial class RetryInterceptorLog
{
    [LoggerMessage(2001, LogLevel.Debug, "{Request} failed; it is sent again in {Seconds} s, for the {Attempt}. time of at most {MaxAttempts}", EventName = "Repeating")]
    public static partial void Repeating(this ILogger logger, Exception error, ClientRequest request, double seconds, int attempt, int maxAttempts);
}
