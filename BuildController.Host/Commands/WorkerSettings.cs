using Microsoft.Extensions.Logging;

namespace BuildController.Host.Commands;

/// <summary>What the worker was asked to do.</summary>
internal sealed record WorkerSettings
{
    public required ConnectionSettings Connection { get; init; }

    /// <summary>The port of the embedded API server; null for a free one.</summary>
    public int? Port { get; init; }

    public required string Namespace { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
