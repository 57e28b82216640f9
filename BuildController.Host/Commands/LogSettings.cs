using BuildController.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>What to log, and how.</summary>
/// <param name="Level">From which level on.</param>
/// <param name="Format">How an entry looks.</param>
internal sealed record LogSettings(LogLevel Level, LogFormat Format = LogFormat.Text)
{
    /// <param name="values">What was set.</param>
    /// <param name="isVerbose">Whether at least the steps are asked for, whatever was set.</param>
    public static LogSettings From(SettingValues values, bool isVerbose)
    {
        LogLevel level = values.Get(Settings.LogLevel);
        return new LogSettings(isVerbose && level > LogLevel.Debug ? LogLevel.Debug : level, values.Get(Settings.LogFormat));
    }
}
