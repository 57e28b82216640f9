using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache.Conformance;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FakeInformerTests : InformerContract
{
    private readonly VirtualWorld world = new();
    private readonly FakeClientset clientset;

    public FakeInformerTests() => clientset = new FakeClientset(runtime: world.Runtime);

    protected override IClientset Clientset => clientset;

    protected override InMemoryCluster Cluster => clientset.Cluster;

    protected override OperatorRuntime Runtime => world.Runtime;

    protected override Task RunAsync(Func<CancellationToken, Task> test)
    {
        world.Run(() => test(CancellationToken.None));
        return Task.CompletedTask;
    }
}
