using Microsoft.Extensions.Logging;

namespace BuildController.Host.Server;

internal sealed partial class ApiRequestHandler
{
    [LoggerMessage(8000, LogLevel.Error, "{Method} {Path} failed inside the embedded API server.", EventName = "RequestFailed")]
    private partial void LogFailed(Exception error, string method, string path);

    [LoggerMessage(8001, LogLevel.Warning, "{Method} {Path} failed after its answer had begun; the connection is broken off.", EventName = "RequestBrokenOff")]
    private partial void LogBrokenOff(Exception error, string method, string path);
}
