using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BuildController.Host.Commands;
using BuildController.Host.Server.Faults;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Server;

/// <summary>
/// Serves an <see cref="InMemoryCluster"/> over HTTPS on the loopback addresses, so that kubectl and client libraries of any
/// language reach it as they reach a cluster. There is one user, who may do everything and holds the token. When the
/// cluster restarts, all connections are reset, and new ones refused for as long as nobody listens. Disposing ends
/// open watches cleanly and waits for the requests in flight, for a second at most. The cluster stays the caller's.
/// </summary>
internal sealed class EmbeddedApiServer : IAsyncDisposable
{
    // Answers take milliseconds: what is still under way then is a client that does not finish its request.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication application;
    private readonly ServerCertificates certificates;
    private readonly CancellationTokenSource stopping;
    private int disposed;

    private EmbeddedApiServer(WebApplication application, ServerCertificates certificates, CancellationTokenSource stopping, int port, string token)
    {
        this.application = application;
        this.certificates = certificates;
        this.stopping = stopping;
        Address = new Uri($"https://127.0.0.1:{port}");
        Token = token;
    }

    /// <summary>Where the server listens.</summary>
    public Uri Address { get; }

    /// <summary>The bearer token.</summary>
    public string Token { get; }

    /// <summary>The certificate authority to trust.</summary>
    public X509Certificate2 Authority => certificates.Authority;

    /// <summary>The kubeconfig that reaches the server. It holds the token.</summary>
    public string Kubeconfig => KubeconfigFile.Text(Address, Authority, Token);

    /// <summary>Starts to listen; completes when requests are answered.</summary>
    /// <exception cref="PortInUseException">The port is taken.</exception>
    public static async Task<EmbeddedApiServer> StartAsync(InMemoryCluster cluster, EmbeddedApiServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbeddedApiServerOptions();
        string token = options.Token ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var stopping = new CancellationTokenSource();
        var certificates = ServerCertificates.Create();
        WebApplication? application = null;
        try
        {
            using LoopbackSockets sockets = LoopbackSockets.Bind(options.Port);
            int port = sockets.Port;
            application = Build(sockets, certificates, cluster, options);
            RequestFaults? faults = options.Faults is { } plan ? new RequestFaults(plan, cluster, options.Runtime, stopping.Token) : null;
            application.Run(new ApiRequestHandler(cluster, token, options.Runtime, stopping.Token, faults).HandleAsync);
            await ListenAsync(application, port, cancellationToken);
            return new EmbeddedApiServer(application, certificates, stopping, port, token);
        }
        catch
        {
            if (application is not null)
                await application.DisposeAsync();

            certificates.Dispose();
            stopping.Dispose();
            throw;
        }
    }

    /// <summary>Writes <see cref="Kubeconfig"/> to a file that only its owner may read, in one step; an existing file is replaced.</summary>
    public void WriteKubeconfig(string path) => KubeconfigFile.Write(path, Kubeconfig);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;

        stopping.Cancel();
        using (var timeout = new CancellationTokenSource(StopTimeout, TimeProvider.System))
            await application.StopAsync(timeout.Token);

        await application.DisposeAsync();
        certificates.Dispose();
        stopping.Dispose();
    }

    private static async Task ListenAsync(WebApplication application, int port, CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception error) when (IsPortInUse(error) || IsPortInUse(error.InnerException))
        {
            throw new PortInUseException(port, error);
        }
    }

    // A socket can be bound beside another that is bound too: the second to listen is told so late.
    private static bool IsPortInUse(Exception? error) =>
        error is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };

    private static WebApplication Build(LoopbackSockets sockets, ServerCertificates certificates, InMemoryCluster cluster, EmbeddedApiServerOptions options)
    {
        ILoggerFactory loggers = options.Runtime.LoggerFactory;

        // The empty builder reads no configuration, environment or arguments: the options alone decide.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(new ForwardingLoggerProvider(loggers)).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(transport =>
        {
            transport.CreateBoundListenSocket = sockets.Take;

            // What was flushed has then left the process: a connection that is reset loses nothing of what came before.
            if (options.Faults is not null)
                transport.MaxWriteBufferSize = 1;
        });
        RestartingTransport.Wrap(builder.Services, cluster, options.Runtime);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.MaxDrained;

            // As many as a real server: informers of one client share a connection.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
            foreach (System.Net.IPEndPoint endPoint in sockets.EndPoints)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificates.Server });
                });
            }
        });
        return builder.Build();
    }

    /// <summary>Hands the web server's warnings to the caller's loggers.</summary>
    private sealed class ForwardingLoggerProvider(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
