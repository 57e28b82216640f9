using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BuildController.Tests.Host.Commands;

/// <summary>Gives every connection the same answer, whatever it asks.</summary>
internal sealed class FakeWebServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task serving;

    public FakeWebServer(string answer)
    {
        listener.Start();
        serving = ServeAsync(Encoding.ASCII.GetBytes(answer));
    }

    public Uri Address => new($"http://{listener.LocalEndpoint}");

    public async ValueTask DisposeAsync()
    {
        stopping.Cancel();
        await serving;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task ServeAsync(byte[] answer)
    {
        byte[] request = new byte[16 * 1024];
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(stopping.Token);
                _ = await client.GetStream().ReadAsync(request, stopping.Token);
                await client.GetStream().WriteAsync(answer, stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
