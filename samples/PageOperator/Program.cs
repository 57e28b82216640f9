using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Control;
using BuildController.Informers.Events;
using BuildController.Informers.LeaderElection;

namespace PageOperator;

internal static class Program
{
    public static async Task Main(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        ClusterConfiguration cluster = builder.Configuration["kubeconfig"] is { } path ? KubeConfig.Load(path) : InClusterConfiguration.Load();
        builder.Services.AddSingleton<IClientset>(new HttpClientset(cluster)).AddPageOperator();
        await builder.Build().RunAsync();
    }

    public static IServiceCollection AddPageOperator(this IServiceCollection services) => services
        .AddEventRecorder("page-operator")
        .AddLeaderElection(lease => (lease.Namespace, lease.Name) = ("default", "page-operator"))
        .AddSingleton(all => new PageReconciler(
            all.GetRequiredService<IClientset>().WithFence(all.GetRequiredService<ILeadership>()), all.GetRequiredService<IEventRecorder>()))
        .AddController<PageReconciler>("pages", controller => controller.For(Page.Type).Owns(ConfigMap.Type));
}

/// <summary>Publishes each page as a ConfigMap of its own, and in the site map that all pages of a namespace share.</summary>
internal sealed class PageReconciler(IClientset cluster, IEventRecorder events) : IReconciler<ObjectKey>
{
    private const string Finalizer = "example.com/site-map";

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken stop)
    {
        IResourceClient<Page> pages = cluster.Resource(Page.Type);
        if (await pages.FindAsync(context.Key, stop) is not { } page)
            return ReconcileResult.Done; // The garbage collector takes the ConfigMap that it owned.
        if (page.Metadata.DeletionTimestamp is not null)
        {
            await ApplyAsync(page, "site-map", [], isOwned: false, stop); // The line that this page no longer applies goes.
            await pages.RemoveFinalizerAsync(page, Finalizer, stop);
            return ReconcileResult.Done;
        }

        page = await pages.AddFinalizerAsync(page, Finalizer, stop);
        await ApplyAsync(page, "site-map", new() { [page.Metadata.Name] = page.Spec.Title }, isOwned: false, stop);
        await ApplyAsync(page, $"page-{page.Metadata.Name}", new() { ["title"] = page.Spec.Title }, isOwned: true, stop);
        if (page.Status?.ObservedGeneration == page.Metadata.Generation)
            return ReconcileResult.Done;

        var status = new JsonObject { ["observedGeneration"] = page.Metadata.Generation, ["phase"] = "Published" };
        await pages.PatchStatusAsync(context.Key, Patch.Merge(new() { ["status"] = status }), stop);
        events.Record(Page.Type, page, EventType.Normal, "Published", $"'{page.Spec.Title}' is in ConfigMap page-{page.Metadata.Name}.");
        return ReconcileResult.Done;
    }

    private Task<ConfigMap> ApplyAsync(Page page, string name, Dictionary<string, string> data, bool isOwned, CancellationToken stop)
    {
        var metadata = new ObjectMeta { Name = name, Namespace = page.Metadata.Namespace, OwnerReferences = isOwned ? [OwnerReference.To(Page.Type, page)] : [] };
        return cluster.Resource(ConfigMap.Type).ApplyAsync(new(metadata, data), fieldManager: $"page-operator/{page.Metadata.Name}", force: true, stop);
    }
}

internal sealed record Page(ObjectMeta Metadata, PageSpec Spec, PageStatus? Status = null) : IKubernetesObject
{
    public static ResourceType<Page> Type { get; } = ResourceType.For(new("example.com", "v1", "pages"), "Page", ResourceScope.Namespaced, Json.Default.Page);
}
internal sealed record PageSpec(string Title);
internal sealed record PageStatus(long? ObservedGeneration = null, string? Phase = null);
internal sealed record ConfigMap(ObjectMeta Metadata, Dictionary<string, string> Data) : IKubernetesObject
{
    public static ResourceType<ConfigMap> Type { get; } = ResourceType.For(new("", "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced, Json.Default.ConfigMap);
}
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page)), JsonSerializable(typeof(ConfigMap))]
internal sealed partial class Json : JsonSerializerContext;
