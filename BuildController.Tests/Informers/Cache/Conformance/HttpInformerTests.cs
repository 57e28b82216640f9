using BuildController.Host.Server;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache.Conformance;

[TestFixture]
[CancelAfter(60_000)]
public sealed class HttpInformerTests : InformerContract
{
    private readonly InMemoryCluster cluster = new();
    private EmbeddedApiServer server = null!;
    private HttpClientset clientset = null!;

    protected override IClientset Clientset => clientset;

    protected override InMemoryCluster Cluster => cluster;

    protected override OperatorRuntime Runtime => OperatorRuntime.Default;

    [OneTimeSetUp]
    public async Task StartServer()
    {
        server = await EmbeddedApiServer.StartAsync(cluster);
        clientset = new HttpClientset(
            new ClusterConfiguration { Server = server.Address, BearerToken = server.Token, CertificateAuthorities = [server.Authority] }, Runtime);
    }

    [TearDown]
    public void EmptyTheCluster()
    {
        foreach (string name in new[] { "a", "b", "c" })
            cluster.DeleteCollection(CoreResources.ConfigMaps, name, new ListOptions(), new DeleteOptions());
    }

    [OneTimeTearDown]
    public async Task StopServer()
    {
        await clientset.DisposeAsync();
        await server.DisposeAsync();
    }

    protected override Task RunAsync(Func<CancellationToken, Task> test) => test(TestContext.CurrentContext.CancellationToken);
}
