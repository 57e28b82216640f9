using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BuildController.Host.Server;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class ServerAccessTests : ServerFixture
{
    [TestCase("/healthz")]
    [TestCase("/livez")]
    [TestCase("/readyz?verbose")]
    [TestCase("/version")]
    public async Task Health_and_version_need_no_token(string path)
    {
        Http.DefaultRequestHeaders.Authorization = null;

        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [TestCase("/api")]
    [TestCase("/apis")]
    [TestCase("/openapi/v2")]
    [TestCase("/api/v1/configmaps")]
    [TestCase("/nowhere")]
    public async Task Everything_else_needs_the_token(string path)
    {
        Http.DefaultRequestHeaders.Authorization = null;
        (await ExpectAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, path)).GetProperty("reason").GetString().Should().Be("Unauthorized");

        Http.DefaultRequestHeaders.Authorization = new("Bearer", Server.Token + "x");
        (await ExpectAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, path)).GetProperty("kind").GetString().Should().Be("Status");
    }

    [Test]
    public async Task The_certificate_holds_for_each_loopback_name_and_for_no_other()
    {
        int port = Server.Address.Port;

        (await Http.GetAsync(new Uri($"https://localhost:{port}/version"), Cancellation)).StatusCode.Should().Be(HttpStatusCode.OK);
        await ShouldHandshakeAsync("127.0.0.1", true);
        await ShouldHandshakeAsync("::1", true);
        await ShouldHandshakeAsync("example.com", false);
    }

    [Test]
    public async Task Both_loopback_addresses_are_served()
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Ignore("This machine has no IPv6.");

        using var ipv6 = new TcpClient(AddressFamily.InterNetworkV6);
        try
        {
            await ipv6.ConnectAsync(IPAddress.IPv6Loopback, Server.Address.Port, Cancellation);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.NetworkUnreachable)
        {
            Assert.Ignore("This machine has no IPv6 loopback address.");
        }

        ipv6.Connected.Should().BeTrue();
    }

    [Test]
    public async Task Nobody_beyond_this_machine_reaches_it()
    {
        IPAddress[] addresses =
        [
            .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(static one => one.GetIPProperties().UnicastAddresses).Select(static one => one.Address)
                .Where(static address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)),
        ];
        if (addresses.Length == 0)
            Assert.Ignore("This machine has no address but the loopback ones.");

        foreach (IPAddress address in addresses)
        {
            using var client = new TcpClient();
            Func<Task> connect = () => client.ConnectAsync(address, Server.Address.Port, Cancellation).AsTask();
            await connect.Should().ThrowAsync<SocketException>($"{address} is not a loopback address");
        }
    }

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Both_versions_of_http_are_spoken(string version)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using HttpResponseMessage response = await Http.SendAsync(request, Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Version.Should().Be(Version.Parse(version));
    }

    [Test]
    public async Task A_port_in_use_is_told_in_one_line_that_names_it()
    {
        int port = Server.Address.Port;

        PortInUseException error = (await FluentActions
            .Awaiting(() => EmbeddedApiServer.StartAsync(Cluster, new EmbeddedApiServerOptions { Port = port }))
            .Should().ThrowAsync<PortInUseException>()).Which;

        error.Port.Should().Be(port);
        error.Message.Should().Contain(port.ToString()).And.NotContain("\n");
    }

    [Test]
    public async Task A_port_is_free_again_after_a_stop()
    {
        int port = Server.Address.Port;
        await GetAsync("/api");
        await Server.DisposeAsync();

        await using EmbeddedApiServer again = await EmbeddedApiServer.StartAsync(Cluster, new EmbeddedApiServerOptions { Port = port, Token = "mine" }, Cancellation);

        using HttpClient client = ClientOf(again);
        again.Address.Port.Should().Be(port);
        (await client.GetAsync(new Uri("/api", UriKind.Relative), Cancellation)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_client_that_does_not_finish_its_request_does_not_hold_up_a_stop()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Server.Address.Port, Cancellation);
        await using SslStream tls = await HandshakeAsync(connection, "localhost");
        string head = $"POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Server.Token}\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n";
        await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head), Cancellation);
        var answer = new byte[12];
        await tls.ReadExactlyAsync(answer, Cancellation);
        long started = TimeProvider.System.GetTimestamp();

        await Server.DisposeAsync();

        System.Text.Encoding.ASCII.GetString(answer).Should().Be("HTTP/1.1 100", "the server waits for the body");
        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task A_failure_inside_the_server_is_logged_and_answered_with_a_status()
    {
        using var loggers = new CollectingLoggers();
        var handler = new ApiRequestHandler(null!, "t", new OperatorRuntime { LoggerFactory = loggers }, CancellationToken.None);
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        context.Request.Method = "GET";
        context.Request.Path = "/api";
        context.Request.Headers.Authorization = "Bearer t";

        await handler.HandleAsync(context);

        context.Response.StatusCode.Should().Be(500);
        context.Response.Body.Position = 0;
        var status = System.Text.Json.JsonElement.Parse(((MemoryStream)context.Response.Body).ToArray());
        status.GetProperty("reason").GetString().Should().Be("InternalError");
        loggers.Lines.Should().ContainSingle().Which.Should().Contain("GET /api failed");
    }

    private async Task ShouldHandshakeAsync(string name, bool succeeds)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Server.Address.Port, Cancellation);
        Func<Task> handshake = async () => await (await HandshakeAsync(connection, name)).DisposeAsync();
        if (succeeds)
            await handshake.Should().NotThrowAsync();
        else
            await handshake.Should().ThrowAsync<AuthenticationException>();
    }

    private async Task<SslStream> HandshakeAsync(TcpClient connection, string name)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Server.Authority);
        var tls = new SslStream(connection.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = policy }, Cancellation);
        return tls;
    }

    private sealed class CollectingLoggers : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
