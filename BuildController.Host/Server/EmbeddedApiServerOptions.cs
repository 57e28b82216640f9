using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Host.Server;

/// <summary>How an <see cref="EmbeddedApiServer"/> listens, and whom it lets in.</summary>
internal sealed record EmbeddedApiServerOptions
{
    /// <summary>The port on the loopback addresses; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The bearer token of the one user; null, the default, makes a random one.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// What goes wrong between the server and its clients; null, the default, for nothing. The client of a request is named by its
    /// User-Agent up to the first slash, or <c>unknown</c>. Requests for resources alone count, in the order in which they reach the server, from 1
    /// for each client: not those for health, discovery or the API's description, nor those without the token.
    /// docs/faults.md says what clients see.
    /// </summary>
    public IFaultPlan? Faults { get; init; }

    /// <summary>The clock (ages in tables, watch timeouts, faults) and the logs. Give the cluster's own, so that ages are right.</summary>
    public OperatorRuntime Runtime { get; init; } = OperatorRuntime.Default;
}
