using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Client.Http;

/// <summary>
/// Reaches an API server over HTTP. Make one for each server and share it: all its requests and watches go over the same few connections.
/// Disposing it ends them: streams that are open throw <see cref="ApiException"/>, and later requests
/// <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>
/// Nothing is retried here, with one exception: when the server does not accept a token (401) and its file or command gives
/// a newer one, the request is sent a second time. Answers longer than their largest object are never held in memory.
/// </remarks>
public sealed class HttpClientset : IClientset, IAsyncDisposable, IDisposable
{
    private readonly ApiTransport transport;

    /// <summary>Makes a clientset. Nothing is connected before the first request.</summary>
    /// <param name="configuration">The server and the credentials. Its certificates must live as long as the clientset.</param>
    /// <param name="runtime">Its clock times requests and tokens; null for <see cref="OperatorRuntime.Default"/>.</param>
    /// <param name="handler">
    /// Another way to send requests, such as that of another client library; null for sockets. Connections, and with them proxy, certificates and trust, are
    /// then its business, and the configuration's tokens are still sent. It must hand over an answer when its headers have come, and follow no redirects. It is
    /// disposed with the clientset.
    /// </param>
    public HttpClientset(ClusterConfiguration configuration, OperatorRuntime? runtime = null, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        runtime ??= OperatorRuntime.Default;
        Configuration = configuration;
        CredentialSource credentials = CredentialSource.Of(configuration, runtime);
        transport = new ApiTransport(configuration, runtime, credentials, handler ?? HandlerFactory.Create(configuration, credentials));
    }

    /// <summary>What it was made from.</summary>
    public ClusterConfiguration Configuration { get; }

    /// <inheritdoc/>
    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        return new HttpResourceClient<T>(transport, type);
    }

    /// <summary>Ends all requests and streams, and waits for a credential command that still runs.</summary>
    public ValueTask DisposeAsync() => transport.DisposeAsync();

    /// <summary>Ends all requests and streams without waiting for anything.</summary>
    public void Dispose() => _ = transport.DisposeAsync().AsTask();
}
