using Microsoft.Extensions.Logging;

namespace BuildController.Host.Health;

internal sealed partial class MonitoringServer
{
    [LoggerMessage(8100, LogLevel.Information, "Metrics and probes are served at {Addresses}", EventName = "Monitoring")]
    private static partial void LogListening(ILogger logger, string addresses);
}
