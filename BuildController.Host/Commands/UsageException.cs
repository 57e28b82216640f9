namespace BuildController.Host.Commands;

/// <summary>The command line asks for something that makes no sense; the message is one line that says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
