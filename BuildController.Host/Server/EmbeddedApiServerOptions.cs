using BuildController.Informers.Execution;

namespace BuildController.Host.Server;

/// <summary>How an <see cref="EmbeddedApiServer"/> listens, and whom it lets in.</summary>
internal sealed record EmbeddedApiServerOptions
{
    /// <summary>The port on the loopback addresses; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The bearer token of the one user; null, the default, makes a random one.</summary>
    public string? Token { get; init; }

    /// <summary>The clock (ages in tables, watch timeouts) and the logs. Give the cluster's own, so that ages are right.</summary>
    public OperatorRuntime Runtime { get; init; } = OperatorRuntime.Default;
}
