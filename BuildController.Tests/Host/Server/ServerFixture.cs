using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using BuildController.Host.Server;
using BuildController.Informers.Testing;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

/// <summary>
/// A server over a fresh cluster for each test, and a client that trusts it. Sockets are real, so time is real; nothing
/// sleeps: each test waits for what it expects, and is cancelled if that never comes.
/// </summary>
[CancelAfter(60_000)]
public abstract class ServerFixture
{
    internal const string TableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
    internal const string MetadataAccept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    internal const string MergePatch = "application/merge-patch+json";

    internal static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    internal InMemoryCluster Cluster { get; private set; } = null!;

    internal EmbeddedApiServer Server { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    [SetUp]
    public async Task StartServer()
    {
        Cluster = new InMemoryCluster();
        Cluster.Register(Demo.Widgets);
        Cluster.Register(Demo.Machines);
        Server = await EmbeddedApiServer.StartAsync(Cluster, cancellationToken: Cancellation);
        Http = ClientOf(Server);
    }

    [TearDown]
    public async Task StopServer()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A client that trusts the server's authority and nothing else, and sends the token.</summary>
    internal static HttpClient ClientOf(EmbeddedApiServer server)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(server.Authority);
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = trust;
        var client = new HttpClient(handler) { BaseAddress = server.Address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new("Bearer", server.Token);
        return client;
    }

    /// <summary>Sends a request; completes with the headers.</summary>
    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    /// <summary>Sends a request that must be answered with this code.</summary>
    /// <returns>The body.</returns>
    internal async Task<JsonElement> ExpectAsync(HttpStatusCode code, HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, contentType, accept);
        string text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.That(response.StatusCode, Is.EqualTo(code), text);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        return JsonElement.Parse(text);
    }

    internal Task<JsonElement> GetAsync(string path, string? accept = null) => ExpectAsync(HttpStatusCode.OK, HttpMethod.Get, path, accept: accept);

    internal Task<JsonElement> CreateAsync(string path, string body) => ExpectAsync(HttpStatusCode.Created, HttpMethod.Post, path, body);

    internal Task<JsonElement> MergeAsync(string path, string patch) => ExpectAsync(HttpStatusCode.OK, HttpMethod.Patch, path, patch, MergePatch);
}
