using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Tests.Informers.Client.Configuration;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

/// <summary>What only sockets show: TLS, HTTP/2, and when a call comes back.</summary>
public sealed class SocketTests
{
    private static readonly ObjectKey Key = new("ns", "a");
    private Certificates certificates = null!;

    [SetUp]
    public void SetUp() => certificates = new Certificates();

    [TearDown]
    public void TearDown() => certificates.Dispose();

    [Test]
    public async Task A_server_of_the_given_authority_is_trusted_and_sent_the_token_over_HTTP2()
    {
        await using WebApplication server = await ServeAsync(context => context.Response.WriteAsync(
            $$$"""{"metadata":{"name":"a"},"data":{"token":"{{{context.Request.Headers.Authorization}}}","protocol":"{{{context.Request.Protocol}}}"}}"""));
        await using HttpClientset clientset = Clientset(server);

        ConfigMap value = await clientset.Resource(Types.ConfigMap).GetAsync(Key);

        value.Data.Should().Contain("token", "Bearer t0ken").And.Contain("protocol", "HTTP/2");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task The_server_is_told_once_of_the_requests_span(bool isHttpTracedToo)
    {
        await using WebApplication server = await ServeAsync(EchoTraceAsync);
        await using HttpClientset clientset = Clientset(server);
        using var ours = new SpanProbe();
        using SpanProbe? dotnets = isHttpTracedToo ? new SpanProbe("System.Net.Http") : null;
        using Activity callers = new Activity("caller") { TraceStateString = "k=v" }.Start();

        ConfigMap value = await clientset.Resource(Types.ConfigMap).GetAsync(Key);

        Activity span = ours.Ended.Single();
        span.ParentSpanId.Should().Be(callers.SpanId);
        value.Data.Should().Contain("parent", span.Id!).And.Contain("state", "k=v");
        if (dotnets is not null)
            dotnets.Ended.Should().ContainSingle().Which.ParentSpanId.Should().Be(span.SpanId);
    }

    [Test]
    public async Task Where_nobody_listens_the_server_is_told_of_the_callers_trace()
    {
        await using WebApplication server = await ServeAsync(EchoTraceAsync);
        await using HttpClientset clientset = Clientset(server);
        using Activity callers = new Activity("caller").Start();

        (await clientset.Resource(Types.ConfigMap).GetAsync(Key)).Data["parent"].Should().StartWith($"00-{callers.TraceId}-");
    }

    [Test]
    public async Task Where_there_is_no_span_the_server_is_told_of_none()
    {
        Activity.Current = null;
        await using WebApplication server = await ServeAsync(EchoTraceAsync);
        await using HttpClientset clientset = Clientset(server);

        (await clientset.Resource(Types.ConfigMap).GetAsync(Key)).Data.Should().Contain("parent", "");
    }

    [Test]
    public async Task A_server_of_another_authority_is_not_trusted_unless_told_so()
    {
        await using WebApplication server = await ServeAsync(context => context.Response.WriteAsync("""{"metadata":{"name":"a"}}"""));
        using var others = new Certificates("another authority");
        await using HttpClientset strict = Clientset(server, configuration => configuration with { CertificateAuthorities = [others.Authority] });
        await using HttpClientset careless = Clientset(server, configuration => configuration with { CertificateAuthorities = [], SkipTlsVerify = true });

        Func<Task> get = () => strict.Resource(Types.ConfigMap).GetAsync(Key);

        (await get.Should().ThrowAsync<ApiException>()).Which.Message.Should().Contain("could not be trusted").And.Contain("certificate authority");
        (await careless.Resource(Types.ConfigMap).GetAsync(Key)).Metadata.Name.Should().Be("a");
    }

    [Test]
    public async Task The_server_must_have_the_name_that_the_configuration_says()
    {
        await using WebApplication server = await ServeAsync(context => context.Response.WriteAsync("""{"metadata":{"name":"a"}}"""));
        await using HttpClientset right = Clientset(server, configuration => configuration with { TlsServerName = "server.test" });
        await using HttpClientset wrong = Clientset(server, configuration => configuration with { TlsServerName = "other.test" });

        Func<Task> get = () => wrong.Resource(Types.ConfigMap).GetAsync(Key);

        await get.Should().ThrowAsync<ApiException>();
        (await right.Resource(Types.ConfigMap).GetAsync(Key)).Metadata.Name.Should().Be("a");
    }

    [TestCase("EC")]
    [TestCase("RSA")]
    public async Task A_client_certificate_with_a_key_in_memory_is_shown(string form)
    {
        await using WebApplication server = await ServeAsync(context => context.Response.WriteAsync(
            $$$"""{"metadata":{"name":"{{{context.Connection.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, false)}}}"}}"""));
        (string certificate, string key) = certificates.Issue("me", form);
        await using HttpClientset clientset = Clientset(server, configuration => configuration with { BearerToken = null, ClientCertificate = Pem.CertificateWithKey(certificate, key) });

        (await clientset.Resource(Types.ConfigMap).GetAsync(Key)).Metadata.Name.Should().Be("me");
    }

    [TestCase(HttpProtocols.Http2)]
    [TestCase(HttpProtocols.Http1)]
    public async Task A_watch_is_open_before_the_first_event_and_its_disposal_reaches_the_server(HttpProtocols protocol)
    {
        var mayWrite = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using WebApplication server = await ServeAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await context.Response.Body.FlushAsync();
            await mayWrite.Task;
            await context.Response.WriteAsync("""{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"1"}}}""" + "\n");
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        }, protocol);
        await using HttpClientset clientset = Clientset(server);

        IWatchStream<ConfigMap> stream = await clientset.Resource(Types.ConfigMap).WatchAsync(null, new WatchOptions());
        mayWrite.Task.IsCompleted.Should().BeFalse("the call came back without an event");
        mayWrite.SetResult();
        await foreach (WatchEvent<ConfigMap> next in stream)
        {
            next.Object!.Metadata.Name.Should().Be("a");
            break;
        }

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task An_idle_watch_that_the_server_closes_ends_cleanly()
    {
        await using WebApplication server = await ServeAsync(context => context.Response.Body.FlushAsync());
        await using HttpClientset clientset = Clientset(server);
        await using IWatchStream<ConfigMap> stream = await clientset.Resource(Types.ConfigMap).WatchAsync(null, new WatchOptions());
        int seen = 0;

        await foreach (WatchEvent<ConfigMap> _ in stream)
            seen++;

        seen.Should().Be(0);
    }

    [Test]
    public async Task Where_nothing_listens_the_connection_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var clientset = new HttpClientset(new ClusterConfiguration { Server = new Uri($"https://127.0.0.1:{port}") }, OperatorRuntime.Default);

        Func<Task> get = () => clientset.Resource(Types.ConfigMap).GetAsync(Key);

        ApiException error = (await get.Should().ThrowAsync<ApiException>()).Which;
        error.Reason.Should().Be(ApiErrorReason.ConnectionRefused);
        error.Message.Should().Contain($"https://127.0.0.1:{port}");
    }

    [Test]
    public async Task An_answer_without_its_end_over_plain_HTTP_is_a_lost_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeHalfAsync(listener);
        await using var clientset = new HttpClientset(
            new ClusterConfiguration { Server = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}") }, OperatorRuntime.Default);

        Func<Task> list = () => clientset.Resource(Types.ConfigMap).ListAsync(null);

        (await list.Should().ThrowAsync<ApiException>()).Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        await serving;
    }

    /// <summary>Several headers of one name would come out with commas between.</summary>
    private static Task EchoTraceAsync(HttpContext context) => context.Response.WriteAsync(
        $$$"""{"metadata":{"name":"a"},"data":{"parent":"{{{context.Request.Headers.TraceParent}}}","state":"{{{context.Request.Headers.TraceState}}}"}}""");

    private static async Task ServeHalfAsync(TcpListener listener)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"items\":[{\"metadata"u8.ToArray());
    }

    private HttpClientset Clientset(WebApplication server, Func<ClusterConfiguration, ClusterConfiguration>? change = null)
    {
        var configuration = new ClusterConfiguration
        {
            Server = new Uri(server.Urls.Single()),
            CertificateAuthorities = [certificates.Authority],
            BearerToken = "t0ken",
        };
        return new HttpClientset(change?.Invoke(configuration) ?? configuration, OperatorRuntime.Default);
    }

    private async Task<WebApplication> ServeAsync(RequestDelegate handle, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        (string certificate, string key) = certificates.Issue("server.test");
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = Pem.CertificateWithKey(certificate, key);
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        WebApplication server = builder.Build();
        server.Run(handle);
        await server.StartAsync();
        return server;
    }
}
