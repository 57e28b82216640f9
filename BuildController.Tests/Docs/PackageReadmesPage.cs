using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of the packages' readmes.</summary>
[TestFixture]
public sealed class PackageReadmesPage : Host.Server.ServerFixture
{
    [Test]
    public async Task A_controller_of_ones_own()
    {
        Cluster.Register(ResourceDefinition.For(Page.Type));
        new FakeClientset(Cluster).Seed(Page.Type, new Page { Metadata = new ObjectMeta { Name = "home", Namespace = "default" } });
        string path = Path.GetTempFileName();
        Server.WriteKubeconfig(path);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        PageReconciler.Visited = stopping.Cancel;

        await RunAsync(path, stopping.Token);

        File.Delete(path);
        Cancellation.IsCancellationRequested.Should().BeFalse();
    }

    [Test]
    public async Task The_build_controller_in_a_host_and_by_itself()
    {
        var clientset = new FakeClientset(Resources.MachineConfigPools.With(new MachineConfigPool { Metadata = new ObjectMeta { Name = "worker" } }));
        clientset.Seed(Resources.Builds);
        clientset.Seed(Resources.MachineConfigs);
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        IServiceCollection services = builder.Services;

        #region core-host
        services.AddSingleton<IClientset>(clientset); // for example new HttpClientset(InClusterConfiguration.Load())
        services.AddImageBuildController(new ImageBuildOptions { Workers = 5 });
        #endregion

        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);
        await host.Services.GetRequiredService<ImageBuildController>().WaitForSyncAsync(TimeSpan.FromSeconds(30), Cancellation);
        await host.StopAsync(Cancellation);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        clientset.On("list", "machineconfigpools").Run(_ => stopping.Cancel());
        await RunAsync(stopping.Token);
        Cancellation.IsCancellationRequested.Should().BeFalse();

        async Task RunAsync(CancellationToken stoppingToken)
        {
            #region core
            await using var controller = new ImageBuildController(clientset);
            await controller.RunAsync(stoppingToken);
            #endregion
        }
    }

    private static async Task RunAsync(string path, CancellationToken stoppingToken)
    {
        #region informers
        await using var clientset = new HttpClientset(KubeConfig.Load(path));
        await using var informers = new SharedInformerFactory(clientset);
        await using IController controller = new ControllerBuilder("pages")
            .For(Page.Type)
            .Owns(ConfigMap.Type)
            .Build(informers, new PageReconciler(clientset));
        await controller.RunAsync(stoppingToken);
        #endregion
    }

    private sealed class PageReconciler(IClientset clientset) : IReconciler<ObjectKey>
    {
        public static Action Visited { get; set; } = static () => { };

        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            await clientset.Resource(Page.Type).GetAsync(context.Key, cancellationToken);
            Visited();
            return ReconcileResult.Done;
        }
    }
}
