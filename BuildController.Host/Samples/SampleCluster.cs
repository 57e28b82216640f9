using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Host.Server;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Host.Samples;

/// <summary>Fills a cluster with the samples, as an admin would: through its API.</summary>
internal static class SampleCluster
{
    /// <summary>The pool that the samples build an image for.</summary>
    public const string Pool = "worker";

    private const string Manifest = "sample-cluster.yaml";

    private static readonly ResourceType<UnstructuredObject>[] Types =
    [
        ResourceType.Unstructured(new GroupVersionResource(string.Empty, "v1", "namespaces"), "Namespace", ResourceScope.Cluster),
        ResourceType.Unstructured(Resources.ConfigMaps.Resource, Resources.ConfigMaps.Kind, ResourceScope.Namespaced),
        ResourceType.Unstructured(Resources.Secrets.Resource, Resources.Secrets.Kind, ResourceScope.Namespaced),
        ResourceType.Unstructured(Resources.MachineConfigPools.Resource, Resources.MachineConfigPools.Kind, ResourceScope.Cluster),
        Resources.MachineConfigs,
    ];

    /// <summary>Creates everything of the manifest, in its order.</summary>
    public static async Task CreateAsync(IClientset clientset, CancellationToken cancellationToken)
    {
        foreach (string document in Text().Split("\n---\n"))
        {
            using JsonDocument json = JsonDocument.Parse(YamlToJson.Convert(document));
            var item = new UnstructuredObject(json.RootElement.Clone());
            ResourceType<UnstructuredObject> type = Types.Single(type => type.Kind == item.Kind);
            await clientset.Resource(type).CreateAsync(item, cancellationToken);
        }
    }

    /// <summary>Opts the sample pool in: a build controller then builds its first image.</summary>
    public static Task OptInAsync(IClientset clientset, CancellationToken cancellationToken) => clientset
        .Resource(Resources.MachineConfigPools)
        .PatchAsync(new ObjectKey(Pool), Patch.Merge(Metadata("labels", PoolKeys.LayeringEnabled, string.Empty)), cancellationToken);

    /// <summary>Makes the sample pool look as if its first image had been built long ago, for a cluster without a build controller.</summary>
    public static async Task MarkBuiltAsync(IClientset clientset, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IResourceClient<MachineConfigPool> pools = clientset.Resource(Resources.MachineConfigPools);
        string image = $"registry.example.com/openshift/os-image@sha256:{new string('a', 64)}";
        await OptInAsync(clientset, cancellationToken);
        await pools.PatchAsync(new ObjectKey(Pool), Patch.Merge(Metadata("annotations", PoolKeys.NewestImage, image)), cancellationToken);
        var condition = new JsonObject
        {
            ["type"] = PoolConditionTypes.BuildSuccess,
            ["status"] = "True",
            ["reason"] = "BuildSucceeded",
            ["message"] = $"Built {image}.",
            ["lastTransitionTime"] = Rfc3339.Format(now),
        };
        await pools.PatchStatusAsync(
            new ObjectKey(Pool), Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) } }), cancellationToken);
    }

    private static JsonObject Metadata(string member, string key, string value) =>
        new() { ["metadata"] = new JsonObject { [member] = new JsonObject { [key] = value } } };

    private static string Text()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Manifest)
            ?? throw new InvalidOperationException($"The resource {Manifest} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
