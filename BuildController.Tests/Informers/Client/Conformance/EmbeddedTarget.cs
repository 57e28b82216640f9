using BuildController.Host.Server;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>The embedded HTTPS server.</summary>
public sealed class EmbeddedTarget() : HttpTarget("embedded server")
{
    private EmbeddedApiServer? server;

    public override async Task StopAsync()
    {
        await base.StopAsync();
        if (server is not null)
            await server.DisposeAsync();
    }

    protected override async Task<ClusterConfiguration> ConfigureAsync()
    {
        server = await EmbeddedApiServer.StartAsync(new InMemoryCluster());
        return new ClusterConfiguration { Server = server.Address, BearerToken = server.Token, CertificateAuthorities = [server.Authority], UserAgent = "conformance" };
    }
}

/// <summary>The cluster that a kubeconfig names.</summary>
public sealed class KubeconfigTarget(string path) : HttpTarget("real cluster")
{
    protected override Task<ClusterConfiguration> ConfigureAsync() => Task.FromResult(KubeConfig.Load(path) with { UserAgent = "conformance" });
}
