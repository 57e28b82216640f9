using Microsoft.Extensions.Logging;

namespace BuildController.Tests.Core.Sync;

/// <summary>Keeps all that is logged, exceptions in full.</summary>
internal sealed class LogCapture : ILoggerFactory, ILogger
{
    private readonly List<(LogLevel Level, string Text)> entries = [];

    public IReadOnlyList<string> All => [.. entries.Select(static entry => entry.Text)];

    public IReadOnlyList<string> Errors => [.. entries.Where(static entry => entry.Level >= LogLevel.Error).Select(static entry => entry.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Add((logLevel, $"{eventId.Name}: {formatter(state, exception)} {exception}"));
}
