using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Client;

internal static partial class RateLimitInterceptorLog
{
    [LoggerMessage(2002, LogLevel.Debug, "{Request} waited {Seconds} s for this client's own rate limit", EventName = "Waited")]
    public static partial void Waited(this ILogger logger, ClientRequest request, double seconds);

    [LoggerMessage(2003, LogLevel.Information, "{Request} waited {Seconds} s for this client's own rate limit of {PerSecond} a second and {Burst} at once, and {Waiting} more wait: it is not the server that is slow. The next such line comes in 10 s at the earliest", EventName = "WaitedVeryLong")]
    public static partial void WaitedVeryLong(this ILogger logger, ClientRequest request, double seconds, double perSecond, int burst, int waiting);
}
