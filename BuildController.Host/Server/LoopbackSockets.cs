using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BuildController.Host.Server;

/// <summary>
/// Binds the two loopback addresses to one port before Kestrel starts: Kestrel itself cannot take one free port for two
/// addresses, and a port in use is told apart here by the socket's own error.
/// </summary>
internal sealed class LoopbackSockets : IDisposable
{
    private const int Attempts = 16;
    private readonly ConcurrentDictionary<IPAddress, Socket> sockets = [];

    private LoopbackSockets(int port) => Port = port;

    public int Port { get; private set; }

    public IEnumerable<IPEndPoint> EndPoints => sockets.Keys.Select(address => new IPEndPoint(address, Port));

    /// <exception cref="PortInUseException">The port is taken.</exception>
    public static LoopbackSockets Bind(int port)
    {
        for (int attempt = 1; ; attempt++)
        {
            var bound = new LoopbackSockets(port);
            try
            {
                bound.BindBoth();
                return bound;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                bound.Dispose();

                // A port that is free on one address may be taken on the other: then another free one will do.
                if (port != 0 || attempt == Attempts)
                    throw new PortInUseException(bound.Port, error);
            }
            catch
            {
                bound.Dispose();
                throw;
            }
        }
    }

    /// <summary>Hands a bound socket over to Kestrel, which disposes it. For an address that was taken before it is a new one.</summary>
    public Socket Take(EndPoint endPoint)
    {
        var address = (IPEndPoint)endPoint;
        return sockets.TryRemove(address.Address, out Socket? socket) ? socket : Bound(address);
    }

    public void Dispose()
    {
        foreach (Socket socket in sockets.Values)
            socket.Dispose();

        sockets.Clear();
    }

    private void BindBoth()
    {
        Add(IPAddress.Loopback);
        Port = ((IPEndPoint)sockets[IPAddress.Loopback].LocalEndPoint!).Port;
        if (!Socket.OSSupportsIPv6)
            return;

        try
        {
            Add(IPAddress.IPv6Loopback);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            // IPv6 is compiled in but not configured: 127.0.0.1 alone is enough.
        }
    }

    private void Add(IPAddress address) => sockets[address] = Bound(new IPEndPoint(address, Port));

    private static Socket Bound(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
