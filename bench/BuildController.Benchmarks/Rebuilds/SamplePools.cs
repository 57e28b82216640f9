using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Benchmarks.Rebuilds;

/// <summary>Many layered pools, each with a rendered config of its own and a first image, and the request to rebuild them.</summary>
internal sealed class SamplePools(IClientset admin, int count)
{
    /// <summary>How many requests an admin's script has under way at once.</summary>
    private const int AtOnce = 8;

    private static readonly string FirstImage = $"registry.example.com/openshift/os-image@sha256:{new string('a', 64)}";

    private static readonly ResourceType<UnstructuredObject> Pools = ResourceType.Unstructured(
        Resources.MachineConfigPools.Resource, Resources.MachineConfigPools.Kind, Resources.MachineConfigPools.Scope);

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>Whether a pool is one of these, and not one that the samples of the cluster brought.</summary>
    public static bool IsOne(MachineConfigPool pool) => pool.Metadata.Name.StartsWith("pool-", StringComparison.Ordinal);

    /// <summary>Whether a pool has the image that it began with, and says so.</summary>
    public static bool IsAtFirstImage(MachineConfigPool pool) => Says(pool, PoolConditionTypes.BuildSuccess) && Image(pool) == FirstImage;

    /// <summary>Whether a pool was rebuilt and is in order: another image, nothing asked for, nothing counted, success and nothing else said.</summary>
    public static bool IsRebuilt(MachineConfigPool pool) => Image(pool) is { } image && image != FirstImage
        && !pool.Metadata.Annotations.ContainsKey(PoolKeys.RebuildImage)
        && !pool.Metadata.Annotations.ContainsKey(PoolKeys.BuildRetries)
        && Says(pool, PoolConditionTypes.BuildSuccess)
        && !Says(pool, PoolConditionTypes.BuildPending) && !Says(pool, PoolConditionTypes.Building)
        && !Says(pool, PoolConditionTypes.BuildFailed) && !Says(pool, PoolConditionTypes.ImageBuildDegraded);

    public Task CreateAsync(CancellationToken stop) => ForEachAsync(
        async (number, token) =>
        {
            await admin.Resource(Resources.MachineConfigs).CreateAsync(Unstructured(MachineConfig(number)), token);
            await admin.Resource(Pools).CreateAsync(Unstructured(Pool(number)), token);
        },
        stop);

    public Task AskForRebuildAsync(CancellationToken stop) => ForEachAsync(
        async (number, token) =>
        {
            var metadata = new JsonObject { ["annotations"] = new JsonObject { [PoolKeys.RebuildImage] = "now" } };
            await admin.Resource(Pools).PatchAsync(new ObjectKey(Name(number)), Patch.Merge(new JsonObject { ["metadata"] = metadata }), token);
        },
        stop);

    public async Task UseBuilderAsync(ImageBuilderType builder, string @namespace, CancellationToken stop)
    {
        var data = new JsonObject { [InputNames.ImageBuilderType] = builder.Text() };
        await admin.Resource(Resources.ConfigMaps).PatchAsync(
            new ObjectKey(@namespace, InputNames.BuildConfig), Patch.Merge(new JsonObject { ["data"] = data }), stop);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"pool-{number:D5}");

    private static string Config(int number) => string.Create(CultureInfo.InvariantCulture, $"rendered-{Name(number)}-{number:x32}");

    private static string? Image(MachineConfigPool pool) => pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.NewestImage);

    private static bool Says(MachineConfigPool pool, string condition) =>
        pool.Status.Conditions.Any(item => item.Type == condition && item.Status == "True");

    private static JsonObject MachineConfig(int number) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = Config(number) },
        ["spec"] = new JsonObject
        {
            ["osImageURL"] = "registry.example.com/openshift/rhel-coreos",
            ["kernelType"] = "default",
            ["config"] = new JsonObject { ["ignition"] = new JsonObject { ["version"] = "3.4.0" } },
        },
    };

    private static JsonObject Pool(int number) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = Name(number),
            ["labels"] = new JsonObject { [PoolKeys.LayeringEnabled] = string.Empty },
            ["annotations"] = new JsonObject { [PoolKeys.NewestImage] = FirstImage },
        },
        ["spec"] = new JsonObject { ["configuration"] = new JsonObject { ["name"] = Config(number) } },
    };

    private static UnstructuredObject Unstructured(JsonObject json) => new(JsonSerializer.SerializeToElement(json));

    private Task ForEachAsync(Func<int, CancellationToken, ValueTask> act, CancellationToken stop) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, act);
}
