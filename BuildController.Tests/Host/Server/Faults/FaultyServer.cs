using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using BuildController.Host.Server;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>A server that misbehaves, and its clients. All goes over real sockets, in real time.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    public const string Path = "/api/v1/namespaces/default/configmaps";

    public static readonly ResourceType<UnstructuredObject> Maps =
        ResourceType.Unstructured(new GroupVersionResource(string.Empty, "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    public static readonly ResourceType<PartialObject> Partial = ResourceType.MetadataOnly(Maps.Resource, Maps.Kind, Maps.Scope);

    private readonly List<IDisposable> clients = [];

    private FaultyServer(InMemoryCluster cluster, EmbeddedApiServer api)
    {
        Cluster = cluster;
        Api = api;
    }

    public InMemoryCluster Cluster { get; }

    public EmbeddedApiServer Api { get; }

    /// <summary>Faults at the requests of the client <c>me</c>, from its first on; null for none at that request.</summary>
    public static Task<FaultyServer> StartAsync(params Fault?[] faults) => StartAsync(ScriptOf(faults));

    public static async Task<FaultyServer> StartAsync(IFaultPlan? plan, InMemoryCluster? cluster = null, OperatorRuntime? runtime = null)
    {
        cluster ??= new InMemoryCluster();
        return new FaultyServer(cluster, await EmbeddedApiServer.StartAsync(cluster, new EmbeddedApiServerOptions { Faults = plan, Runtime = runtime ?? OperatorRuntime.Default }));
    }

    public static ScriptedFaults ScriptOf(params Fault?[] faults) => new(
        faults.Index().Where(static entry => entry.Item is not null).Select(static entry => KeyValuePair.Create(("me", entry.Index + 1), entry.Item!)));

    /// <summary>A clientset; HTTP/2 unless another version is asked for.</summary>
    public HttpClientset Clientset(string name = "me", string? http = null, bool takesGzip = false, TimeSpan? timeout = null)
    {
        var configuration = new ClusterConfiguration
        {
            Server = Api.Address,
            BearerToken = Api.Token,
            CertificateAuthorities = [Api.Authority],
            UserAgent = $"{name}/1.0 (test)",
            RequestTimeout = timeout ?? TimeSpan.FromSeconds(60),
        };
        var shaped = new ShapedRequests(HandlerFactory.Create(configuration, CredentialSource.Of(configuration, OperatorRuntime.Default)), http, takesGzip);
        var clientset = new HttpClientset(configuration, OperatorRuntime.Default, shaped);
        clients.Add(clientset);
        return clientset;
    }

    public IResourceClient<UnstructuredObject> Client(string name = "me", string? http = null, bool takesGzip = false) =>
        Clientset(name, http, takesGzip).Resource(Maps);

    /// <summary>A plain HTTP client, which trusts the server and sends the token.</summary>
    public HttpClient Http(string name = "me", string http = "1.1")
    {
        HttpClient client = ServerFixture.ClientOf(Api);
        client.DefaultRequestVersion = Version.Parse(http);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(name, "1.0"));
        clients.Add(client);
        return client;
    }

    public void Create(params string[] names)
    {
        foreach (string name in names)
            Cluster.Create(CoreResources.ConfigMaps, "default", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
    }

    public void Label(string name, string value) =>
        Cluster.Patch(CoreResources.ConfigMaps, Key(name), null, LabelPatch(value), null, out _);

    /// <summary>The newest version of anything.</summary>
    public string NewestVersion => Cluster.List(CoreResources.Nodes, null, ListOptions.Default).Metadata.ResourceVersion;

    /// <summary>The label that <see cref="LabelPatch"/> sets; null if it is not there.</summary>
    public string? LabelOf(string name) => (string?)JsonNode.Parse(Cluster.Get(CoreResources.ConfigMaps, Key(name)).Span)!["metadata"]!["labels"]?["x"];

    public static ObjectKey Key(string name) => new("default", name);

    public static Patch LabelPatch(string value) =>
        Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["x"] = value } } });

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable client in clients)
            client.Dispose();

        await Api.DisposeAsync();
    }

    /// <summary>Asks for what the clientset would not ask for by itself.</summary>
    private sealed class ShapedRequests(HttpMessageHandler inner, string? http, bool takesGzip) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (http is not null)
                (request.Version, request.VersionPolicy) = (Version.Parse(http), HttpVersionPolicy.RequestVersionExact);

            if (takesGzip)
                request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));

            return base.SendAsync(request, cancellationToken);
        }
    }
}
