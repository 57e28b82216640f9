using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Control;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of README.md.</summary>
[TestFixture]
public sealed class ReadmePage : Host.Server.ServerFixture
{
    [Test]
    public async Task A_controller_against_a_server()
    {
        Cluster.Register(ResourceDefinition.For(Resources.MachineConfigPools));
        string path = Path.GetTempFileName();
        Server.WriteKubeconfig(path);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        MyReconciler.Visited = stopping.Cancel;
        var seeds = new FakeClientset(Cluster);
        seeds.Seed(Resources.MachineConfigPools, new MachineConfigPool { Metadata = new ObjectMeta { Name = "worker" } });

        await RunAsync(path, stopping.Token);

        File.Delete(path);
        Cancellation.IsCancellationRequested.Should().BeFalse();
    }

    [Test]
    public void In_unit_tests()
    {
        #region fake
        var world = new VirtualWorld();
        var clientset = new FakeClientset(world.Runtime, Resources.MachineConfigPools.With(new MachineConfigPool { Metadata = new() { Name = "worker" } }));
        #endregion

        world.Run(() => clientset.Resource(Resources.MachineConfigPools).GetAsync(new ObjectKey("worker"))).Metadata.Uid.Should().NotBeEmpty();
    }

    private static async Task RunAsync(string path, CancellationToken stoppingToken)
    {
        #region controller
        await using var clientset = new HttpClientset(KubeConfig.Load(path), OperatorRuntime.Default);
        await using var informers = new SharedInformerFactory(clientset);
        await using IController controller = new ControllerBuilder("pools")
            .For(Resources.MachineConfigPools)
            .WatchesByLabel(Resources.Pods, "machineconfiguration.openshift.io/targetMachineConfigPool")
            .Build(informers, new MyReconciler(clientset));
        await controller.RunAsync(stoppingToken);
        #endregion
    }

    private sealed class MyReconciler(IClientset clientset) : IReconciler<ObjectKey>
    {
        public static Action Visited { get; set; } = static () => { };

        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            await clientset.Resource(Resources.MachineConfigPools).GetAsync(context.Key, cancellationToken);
            Visited();
            return ReconcileResult.Done;
        }
    }
}
