using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace BuildController.Host.Commands;

/// <summary>Logs to standard error, one line an entry, so that standard output stays what the command prints.</summary>
internal static class HostLogging
{
    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(level);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure<ConsoleLoggerOptions>(
            logging.Services, static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
