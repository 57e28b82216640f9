using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BuildController.Informers.Client.Configuration;

namespace BuildController.Informers.Client.Http;

/// <summary>Makes the connections of a clientset, with client-go's timings.</summary>
internal static class HandlerFactory
{
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What finds out that a watch hangs on a connection that is no more: HTTP/2 pings, and TCP's own below HTTP/1.1.</summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);

    public static SocketsHttpHandler Create(ClusterConfiguration configuration, CredentialSource credentials)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = DialTimeout,
            ConnectCallback = ConnectAsync,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = TlsOptions(configuration, credentials),
        };
        if (configuration.Proxy is not null)
            handler.Proxy = new WebProxy(configuration.Proxy);

        // A connection shows the certificate that it was made with; this bounds how long a replaced one is shown.
        if (configuration.Exec is not null)
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);

        return handler;
    }

    private static SslClientAuthenticationOptions TlsOptions(ClusterConfiguration configuration, CredentialSource credentials)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = configuration.TlsServerName };
        if (configuration.ClientCertificate is { } certificate)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, [.. configuration.ClientCertificateChain], offline: true);
        else if (configuration.Exec is not null)
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => credentials.ClientCertificate!;

        if (configuration.SkipTlsVerify)
        {
#pragma warning disable CA5359 // Asked for by the configuration, and never the default.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (configuration.CertificateAuthorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(configuration.CertificateAuthorities.ToArray());
        }

        return options;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)PingDelay.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)PingTimeout.TotalSeconds);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
