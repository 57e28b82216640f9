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
        SslClientAuthenticationOptions tls = TlsOptions(configuration, credentials);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = DialTimeout,
            ConnectCallback = Dial(configuration, tls),
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseCookies = false,

            // A watch that is left must end now, not be read on so that its connection can be used again.
            MaxResponseDrainSize = 0,
            SslOptions = tls,
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
        var options = new SslClientAuthenticationOptions();
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
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(configuration.CertificateAuthorities.ToArray());
        }

        return options;
    }

    /// <summary>How connections are made. The handler always expects the server to have the URL's name; where it has another, TLS begins here.</summary>
    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Dial(
        ClusterConfiguration configuration, SslClientAuthenticationOptions tls)
    {
        if (configuration.TlsServerName is not { } name || configuration.Server.Scheme != Uri.UriSchemeHttps)
            return ConnectAsync;

        return async (context, cancellationToken) =>
        {
            Stream stream = await ConnectAsync(context, cancellationToken);
            bool isProxy = context.DnsEndPoint.Host != configuration.Server.IdnHost || context.DnsEndPoint.Port != configuration.Server.Port;
            return isProxy ? stream : await SecureAsync(stream, name, tls, cancellationToken);
        };
    }

    private static async ValueTask<Stream> SecureAsync(
        Stream stream, string name, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    ClientCertificateContext = tls.ClientCertificateContext,
                    LocalCertificateSelectionCallback = tls.LocalCertificateSelectionCallback,
                    RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
                    CertificateChainPolicy = tls.CertificateChainPolicy,
                },
                cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
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
