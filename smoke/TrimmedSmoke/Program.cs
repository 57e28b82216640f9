using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Control;
using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TrimmedSmoke;

/// <summary>Goes through the libraries' ways that trimming could break: containers, JSON, YAML, sockets. The exit code is 0 if all of it works.</summary>
internal static class Program
{
    public static async Task<int> Main()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await HostsAControllerAsync(patience.Token);
        await ReadsAKubeconfigAndReachesAServerAsync(patience.Token);
        Console.WriteLine("Trimmed, a controller in a host, the build controller, a kubeconfig and an HTTP clientset work.");
        return 0;
    }

    /// <summary>The build controller and one of our own, with events and leader election, on a cluster in memory.</summary>
    private static async Task HostsAControllerAsync(CancellationToken stop)
    {
        var cluster = new FakeClientset(Resources.MachineConfigPools.With(new MachineConfigPool { Metadata = new ObjectMeta { Name = "worker" } }));
        cluster.Seed(Resources.Builds);
        cluster.Seed(Resources.MachineConfigs);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IClientset>(cluster)
            .AddEventRecorder("smoke")
            .AddLeaderElection(static lease => (lease.Namespace, lease.Name) = ("default", "smoke"))
            .AddController<Visitor>("pools", static controller => controller.For(Resources.MachineConfigPools).Owns(Resources.ConfigMaps))
            .AddImageBuildController(new ImageBuildOptions { UpdateDelay = TimeSpan.Zero });
        using IHost host = builder.Build();
        await host.StartAsync(stop);
        ObjectKey visited = await host.Services.GetRequiredService<Visitor>().Visited.Task.WaitAsync(stop);
        await host.Services.GetRequiredService<ImageBuildController>().WaitForSyncAsync(TimeSpan.FromSeconds(20), stop);
        await host.StopAsync(stop);
        Expect(visited.Name == "worker", $"visited {visited}");
    }

    /// <summary>No server listens there: the request must fail as the client says, not for want of a type.</summary>
    private static async Task ReadsAKubeconfigAndReachesAServerAsync(CancellationToken stop)
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, """
            apiVersion: v1
            kind: Config
            current-context: a
            clusters: [{ name: a, cluster: { server: "https://127.0.0.1:9" } }]
            users: [{ name: a, user: { token: "secret" } }]
            contexts: [{ name: a, context: { cluster: a, user: a } }]
            """, stop);
        ClusterConfiguration configuration = KubeConfig.Load(path);
        File.Delete(path);
        await using var clientset = new HttpClientset(configuration);
        try
        {
            await clientset.Resource(Resources.Pods).GetAsync(new ObjectKey("default", "a"), stop);
            Expect(false, "a server answered that is not there");
        }
        catch (ApiException error)
        {
            Expect(error.IsTransient, error.ToString());
        }
    }

    private static void Expect(bool isTrue, string found)
    {
        if (!isTrue)
            throw new InvalidOperationException($"The smoke test found: {found}.");
    }

    private sealed class Visitor(IClientset cluster, IEventRecorder events) : IReconciler<ObjectKey>
    {
        public TaskCompletionSource<ObjectKey> Visited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            MachineConfigPool pool = await cluster.Resource(Resources.MachineConfigPools).GetAsync(context.Key, cancellationToken);
            events.Record(Resources.MachineConfigPools, pool, EventType.Normal, "Visited", "Trimmed as it is.");
            Visited.TrySetResult(context.Key);
            return ReconcileResult.Done;
        }
    }
}
