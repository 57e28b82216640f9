using System.Net;
using System.Net.Sockets;

namespace BuildController.Tests.Host.Commands;

/// <summary>A port on which nothing listens, for a command that must be told one.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
