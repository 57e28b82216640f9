namespace BuildController.Host.Server;

/// <summary>The port that an <see cref="EmbeddedApiServer"/> was told to listen on is taken. The message is one line that says what to do.</summary>
internal sealed class PortInUseException(int port, Exception? innerException = null)
    : Exception($"Port {port} on 127.0.0.1 is already in use: stop what listens there, or choose another port (0 takes a free one).", innerException)
{
    /// <summary>The port.</summary>
    public int Port { get; } = port;
}
