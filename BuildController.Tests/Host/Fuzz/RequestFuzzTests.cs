using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using BuildController.Host.Samples;
using BuildController.Host.Server;
using BuildController.Informers.Testing;
using BuildController.Tests.Host.Server;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Fuzz;

/// <summary>A thousand malformed requests: each is answered with an error or cut off, soon, and the server goes on.</summary>
[TestFixture]
public sealed partial class RequestFuzzTests
{
    private const int Count = 1000;
    private const int Lanes = 4;

    /// <summary>Far more than an answer takes, on a machine that does other things too; a hang is longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Malformed_requests_get_errors_and_the_server_goes_on()
    {
        var cluster = new InMemoryCluster();
        OpenShiftDefinitions.Register(cluster);
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(cluster, new EmbeddedApiServerOptions { Token = "token" });
        var requests = new byte[Count][];
        var generator = new RequestGenerator(seed: 1, server.Token);
        for (int i = 0; i < Count; i++)
            requests[i] = generator.Next();

        var answers = new string[Count];
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(async () =>
        {
            for (int i = lane; i < Count; i += Lanes)
                answers[i] = await SendAsync(server, requests[i]);
        })));

        answers.Should().OnlyContain(static answer => answer.Length == 0 || Head().IsMatch(answer));
        string[] failures = [.. answers.Zip(requests).Where(static one => one.First.StartsWith("HTTP/1.1 500", StringComparison.Ordinal)).Select(static one => $"{one.First}\n<- {Encoding.Latin1.GetString(one.Second)}")];
        failures.Should().BeEmpty("a client's fault is not the server's");
        answers.Count(static answer => answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal)).Should().BeGreaterThan(Count / 2);
        using HttpClient http = ServerFixture.ClientOf(server);
        (await http.GetAsync(new Uri("/api/v1/namespaces", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task Bytes_that_are_no_TLS_are_cut_off()
    {
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new InMemoryCluster());
        var random = new Random(2);
        for (int i = 0; i < 50; i++)
        {
            using var patience = new CancellationTokenSource(Patience);
            using var connection = new TcpClient();
            await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port, patience.Token);
            var noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            NetworkStream stream = connection.GetStream();
            await stream.WriteAsync(noise, patience.Token);
            try
            {
                connection.Client.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // Cut off already.
            }

            await ReadToEndAsync(stream, patience.Token);
        }

        using HttpClient http = ServerFixture.ClientOf(server);
        (await http.GetAsync(new Uri("/version", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <returns>The beginning of the answer; empty if the connection was cut off instead.</returns>
    private static async Task<string> SendAsync(EmbeddedApiServer server, byte[] request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port, patience.Token);
#pragma warning disable CA5359 // Who answers is not what is tested.
        await using var tls = new SslStream(connection.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, patience.Token);
        try
        {
            await tls.WriteAsync(request, patience.Token);
            await tls.ShutdownAsync();
        }
        catch (IOException)
        {
            // Cut off before it was all sent.
        }

        return await ReadToEndAsync(tls, patience.Token);
    }

    private static async Task<string> ReadToEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new byte[16_384];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (text.Length < 4000)
                    text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\AHTTP/1\.[01] [1-5]\d\d ")]
    private static partial Regex Head();
}
