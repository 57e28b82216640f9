using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace BuildController.Host.Server;

/// <summary>Accepts the connections of one address until it is unbound. While the server is away the port is closed, and connections are refused.</summary>
internal sealed class RestartingListener : IConnectionListener
{
    // Somebody else may have been given the port meanwhile: it is asked for until it is free again.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly RestartingTransport transport;
    private readonly IConnectionListenerFactory factory;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource unbound = new();
    private readonly CancellationToken isUnbound;

    /// <summary>Those before are closed, and kept until the connections that they made are no more.</summary>
    private readonly List<IConnectionListener> listeners;
    private bool isOpen = true;
    private CancellationTokenSource closedAgain = new();

    /// <param name="transport">Keeps the connections, and knows when the server is away.</param>
    /// <param name="factory">Opens the port again.</param>
    /// <param name="first">Listens already; owned from here on.</param>
    /// <param name="time">The clock of absences.</param>
    public RestartingListener(RestartingTransport transport, IConnectionListenerFactory factory, IConnectionListener first, TimeProvider time)
    {
        this.transport = transport;
        this.factory = factory;
        this.time = time;
        isUnbound = unbound.Token;
        listeners = [first];
        EndPoint = first.EndPoint;
    }

    public EndPoint EndPoint { get; }

    private IConnectionListener? Current
    {
        get
        {
            lock (gate)
                return isOpen ? listeners[^1] : null;
        }
    }

    /// <returns>The next connection; null when the listener is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                IConnectionListener current = Current ?? await ReopenAsync();
                ConnectionContext? accepted = await current.AcceptAsync(cancellationToken);
                if (accepted is not null && transport.TryKeep(accepted))
                    return accepted;

                isUnbound.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (isUnbound.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Closes the port, whose backlog is reset. Who accepts opens it again when the server is back.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (isOpen)
                _ = listeners[^1].UnbindAsync().AsTask();

            isOpen = false;
            closedAgain.Cancel();
            closedAgain.Dispose();
            closedAgain = new CancellationTokenSource();
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        unbound.Cancel();
        Close();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        foreach (IConnectionListener listener in listeners)
            await listener.DisposeAsync();

        closedAgain.Dispose();
        unbound.Dispose();
    }

    private async Task<IConnectionListener> ReopenAsync()
    {
        while (true)
        {
            CancellationToken changed;
            lock (gate)
                changed = closedAgain.Token;

            // A token that is read after the last closing never comes.
            isUnbound.ThrowIfCancellationRequested();
            TimeSpan wait = transport.Absence;
            if (wait <= TimeSpan.Zero && await TryOpenAsync() is { } opened)
                return opened;

            await WaitAsync(wait > TimeSpan.Zero ? wait : AskAgainAfter, changed);
        }
    }

    /// <summary>Waits, but not longer than until another restart changes how long the server is away.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken changed)
    {
        try
        {
            await Task.Delay(wait, time, changed);
        }
        catch (OperationCanceledException)
        {
            isUnbound.ThrowIfCancellationRequested();
        }
    }

    private async Task<IConnectionListener?> TryOpenAsync()
    {
        IConnectionListener opened;
        try
        {
            opened = await factory.BindAsync(EndPoint, isUnbound);
        }
        catch (Exception error) when (error is AddressInUseException or SocketException)
        {
            return null;
        }

        lock (gate)
        {
            listeners.Add(opened);
            isOpen = true;
        }

        // It may have restarted again, or stopped, while the port was opened.
        if (transport.Absence <= TimeSpan.Zero && !isUnbound.IsCancellationRequested)
            return opened;

        Close();
        return null;
    }
}
