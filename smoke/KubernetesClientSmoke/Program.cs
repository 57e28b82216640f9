using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using BuildController.KubernetesClient;
using k8s;
using k8s.Models;

namespace KubernetesClientSmoke;

/// <summary>Tries the interop with KubernetesClient, without a cluster. The exit code is 0 if all of it works. docs/kubernetes-client.md shows its code.</summary>
internal static class Program
{
    #region types
    private static readonly ResourceType<V1Pod> Pods = KubernetesResource.For<V1Pod>(ResourceScope.Namespaced);
    private static readonly ResourceType<V1Deployment> Deployments = KubernetesResource.For<V1Deployment>(ResourceScope.Namespaced);
    #endregion

    public static async Task<int> Main()
    {
        DescribesResources();
        await KeepsTheirObjectsInACacheAsync();
        await TakesTheirConfigurationAsync();
        await SendsThroughTheirClientAsync();
        Console.WriteLine("KubernetesClient's models, configuration and client work.");
        return 0;
    }

    private static void DescribesResources()
    {
        Expect(Pods.ToString() == "Pod (v1/pods)", $"{Pods}");
        Expect(Deployments.ToString() == "Deployment (apps/v1/deployments)", $"{Deployments}");
        V1Pod pod = Pods.Read("""
            {"kind":"Pod","metadata":{"name":"a","namespace":"ns","uid":"u","resourceVersion":"7","labels":{"x":"y"},"creationTimestamp":"2026-01-02T03:04:05Z",
            "managedFields":[{"manager":"m"}],"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"v","controller":true}]},
            "spec":{"nodeName":"n","unheardOf":1,"containers":[{"name":"c","resources":{"requests":{"cpu":"100m"}}}]}}
            """u8);
        MetadataView metadata = Pods.Metadata(pod);
        Expect(metadata is { Key: { Namespace: "ns", Name: "a" }, Uid: "u", ResourceVersion: "7" }, $"{metadata}");
        Expect(metadata.Labels["x"] == "y" && metadata.OwnerReferences is [{ Kind: "ReplicaSet", Controller: true }], "labels or owners");
        Expect(pod.Metadata.ManagedFields is null && pod.Spec.Containers[0].Resources.Requests["cpu"].ToString() == "100m", "the pod's fields");
        V1Pod again = Pods.Read(Pods.Write(pod));
        Expect(again.Metadata.CreationTimestamp == pod.Metadata.CreationTimestamp && again.Kind == "Pod" && again.ApiVersion == "v1", "what was written");
    }

    private static async Task KeepsTheirObjectsInACacheAsync()
    {
        var clientset = new FakeClientset(Pods.With(new V1Pod { Metadata = new V1ObjectMeta { Name = "a", NamespaceProperty = "ns" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] } }));
        await using (var informers = new SharedInformerFactory(clientset))
        {
            ISharedInformer<V1Pod> pods = await WatchAsync(informers);
            V1Pod updated = await clientset.Resource(Pods).PatchAsync(new ObjectKey("ns", "a"), Patch.Merge(new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["labels"] = new System.Text.Json.Nodes.JsonObject { ["seen"] = "yes" } } }));
            await pods.WaitForAsync(updated);
            Expect(pods.Indexer.Find(new ObjectKey("ns", "a"))?.Metadata.Labels["seen"] == "yes", "the cache");
        }

        var reconciler = new PodReconciler();
        await using (var informers = new SharedInformerFactory(clientset))
        await using (IController controller = Controller(informers, reconciler))
        {
            Task running = controller.RunAsync();
            Expect((await reconciler.Visited.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System)).Name == "a", "the controller");
            await controller.StopAsync();
            await running;
        }
    }

    private static async Task<ISharedInformer<V1Pod>> WatchAsync(SharedInformerFactory informers)
    {
        #region informer
        ISharedInformer<V1Pod> pods = informers.For(Pods);
        informers.Start();
        await informers.WaitForSyncAsync(TimeSpan.FromMinutes(1));
        foreach (V1Pod pod in pods.Indexer.List())
            Console.WriteLine($"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}");
        #endregion
        return pods;
    }

    private static IController Controller(SharedInformerFactory informers, IReconciler<ObjectKey> reconciler)
    {
        #region controller
        IController controller = new ControllerBuilder("deployments")
            .For(Pods)
            .Build(informers, reconciler);
        #endregion
        return controller;
    }

    private static async Task TakesTheirConfigurationAsync()
    {
        var theirs = new KubernetesClientConfiguration { Host = "https://api.example:6443/base", AccessToken = "t", SkipTlsVerify = true, Namespace = "ns" };
        ClusterConfiguration ours = theirs.ToClusterConfiguration();
        Expect(ours is { BearerToken: "t", SkipTlsVerify: true, Namespace: "ns", ClientCertificate: null } && ours.Server.AbsolutePath == "/base", $"{ours}");
        await using HttpClientset clientset = Connect(theirs);
        try
        {
            new KubernetesClientConfiguration { Host = "https://api.example", Username = "u", Password = "p" }.ToClusterConfiguration();
            Expect(false, "a password was taken");
        }
        catch (KubeConfigException error)
        {
            Expect(error.Message.Contains("passwords", StringComparison.Ordinal), error.Message);
        }
    }

    private static HttpClientset Connect(KubernetesClientConfiguration configuration)
    {
        #region connect
        var clientset = new HttpClientset(configuration.ToClusterConfiguration()); // for example of KubernetesClientConfiguration.BuildDefaultConfig()
        #endregion
        return clientset;
    }

    private static async Task SendsThroughTheirClientAsync()
    {
        var configuration = new KubernetesClientConfiguration { Host = "http://api.example", AccessToken = "their-token" };
        var handler = new CannedHandler();
        #region through
        using var kubernetes = new Kubernetes(configuration, handler);
        await using HttpClientset clientset = kubernetes.AsClientset();
        V1Pod pod = await clientset.Resource(Pods).GetAsync(new ObjectKey("ns", "a"));
        #endregion
        Expect(pod.Metadata.Name == "a" && handler.Seen == "GET http://api.example/api/v1/namespaces/ns/pods/a Bearer their-token", handler.Seen);
    }

    private static void Expect(bool isTrue, string found)
    {
        if (!isTrue)
            throw new InvalidOperationException($"Not as expected: {found}.");
    }

    private sealed class PodReconciler : IReconciler<ObjectKey>
    {
        public TaskCompletionSource<ObjectKey> Visited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            Visited.TrySetResult(context.Key);
            return ValueTask.FromResult(ReconcileResult.Done);
        }
    }

    private sealed class CannedHandler : DelegatingHandler
    {
        public string Seen { get; private set; } = string.Empty;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = $"{request.Method} {request.RequestUri} {request.Headers.Authorization}";
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"ns"}}""") });
        }
    }
}
