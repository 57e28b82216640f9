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
    /// <param name="runtime">Its clock times requests and tokens.</param>
    public HttpClientset(ClusterConfiguration configuration, OperatorRuntime runtime)
        : this(configuration, runtime, null)
    {
    }

    /// <summary>Makes a clientset over another way to send requests, which it owns; null for sockets.</summary>
    internal HttpClientset(ClusterConfiguration configuration, OperatorRuntime runtime, HttpMessageHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(runtime);
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
