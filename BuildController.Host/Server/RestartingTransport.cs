using System.Net;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BuildController.Host.Server;

/// <summary>
/// Kestrel's transport, which goes away when the cluster restarts: its connections are reset, new ones refused, and later it listens
/// again on the same port.
/// </summary>
internal sealed class RestartingTransport : IConnectionListenerFactory, IDisposable
{
    private readonly IConnectionListenerFactory inner;
    private readonly InMemoryCluster cluster;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly HashSet<ConnectionContext> open = [];
    private readonly List<RestartingListener> listeners = [];
    private DateTimeOffset awayUntil;

    private RestartingTransport(IConnectionListenerFactory inner, InMemoryCluster cluster, OperatorRuntime runtime)
    {
        this.inner = inner;
        this.cluster = cluster;
        time = runtime.Time;
        cluster.Restarting += GoAway;
    }

    /// <summary>How long it is still away; zero or less when it is there.</summary>
    public TimeSpan Absence
    {
        get
        {
            lock (gate)
                return awayUntil - time.GetUtcNow();
        }
    }

    /// <summary>Takes the place of the transport that is registered.</summary>
    /// <param name="services">The web server's.</param>
    /// <param name="cluster">It restarts.</param>
    /// <param name="runtime">The clock of absences.</param>
    public static void Wrap(IServiceCollection services, InMemoryCluster cluster, OperatorRuntime runtime)
    {
        // Kestrel's transport cannot be made by hand, and connections made with its public parts do not get on with Kestrel's HTTP/1.1
        // (in .NET 10 their memory pool hands out empty memory).
        Type transport = services.Last(static service => service.ServiceType == typeof(IConnectionListenerFactory)).ImplementationType!;
        services.RemoveAll<IConnectionListenerFactory>();
        services.AddSingleton<IConnectionListenerFactory>(provider => new RestartingTransport(
            (IConnectionListenerFactory)ActivatorUtilities.CreateInstance(provider, transport), cluster, runtime));
    }

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new RestartingListener(this, inner, await inner.BindAsync(endpoint, cancellationToken), time);
        lock (gate)
            listeners.Add(listener);

        return listener;
    }

    /// <summary>Keeps a new connection; false if the server has gone away meanwhile, and the connection with it.</summary>
    public bool TryKeep(ConnectionContext connection)
    {
        lock (gate)
            open.Add(connection);

        connection.ConnectionClosed.UnsafeRegister(_ => Forget(connection), null);
        if (Absence <= TimeSpan.Zero)
            return true;

        Reset(connection);
        return false;
    }

    public void Dispose() => cluster.Restarting -= GoAway;

    // To abort is to send a TCP reset, whatever is still unsent.
    private static void Reset(ConnectionContext connection) => connection.Abort(new ConnectionAbortedException("The server restarts."));

    private void GoAway(TimeSpan downtime)
    {
        RestartingListener[] listening;
        lock (gate)
        {
            awayUntil = time.GetUtcNow() + downtime;
            listening = [.. listeners];
        }

        foreach (RestartingListener listener in listening)
            listener.Close();

        ConnectionContext[] lost;
        lock (gate)
            lost = [.. open];

        foreach (ConnectionContext connection in lost)
            Reset(connection);
    }

    private void Forget(ConnectionContext connection)
    {
        lock (gate)
            open.Remove(connection);
    }
}
