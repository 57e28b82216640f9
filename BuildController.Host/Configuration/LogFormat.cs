namespace BuildController.Host.Configuration;

/// <summary>How a log entry looks.</summary>
internal enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object on a line.</summary>
    Json,
}
