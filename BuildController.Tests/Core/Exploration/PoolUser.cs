using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>What people and other controllers do to one pool. All of it may come at any moment.</summary>
internal sealed class PoolUser(SimulatedWorld world, string pool)
{
    private int requests;

    public string Pool => pool;

    private IResourceClient<MachineConfigPool> Pools => world.User.Resource(Resources.MachineConfigPools);

    /// <summary>Asks for a rebuild, each time with a value of its own.</summary>
    public Task RequestAsync() => MetadataAsync("annotations", (PoolKeys.RebuildImage, $"{pool}-{++requests}"));

    /// <summary>The same, and the counter of retries is taken back in the same edit.</summary>
    public Task RequestAnewAsync() => MetadataAsync("annotations", (PoolKeys.RebuildImage, $"{pool}-{++requests}"), (PoolKeys.BuildRetries, null));

    public Task WithdrawAsync() => MetadataAsync("annotations", (PoolKeys.RebuildImage, null));

    public Task OptInAsync() => MetadataAsync("labels", (PoolKeys.LayeringEnabled, string.Empty));

    public Task OptOutAsync() => MetadataAsync("labels", (PoolKeys.LayeringEnabled, null));

    public Task SetRetriesAsync(string? value) => MetadataAsync("annotations", (PoolKeys.BuildRetries, value));

    public Task BreakAsync() => ContainerfileAsync("FROM configs AS final\nRUN false\n");

    public Task MendAsync() => ContainerfileAsync("FROM configs AS final\nRUN true\n");

    public async Task RenderAsync(string config)
    {
        await CreateConfigAsync(config);
        await PatchAsync(new JsonObject { ["spec"] = new JsonObject { ["configuration"] = new JsonObject { ["name"] = config } } });
    }

    private async Task CreateConfigAsync(string config)
    {
        if (world.Find(Resources.MachineConfigs, new ObjectKey(config)) is null)
        {
            await world.User.Resource(Resources.MachineConfigs).CreateAsync(Unstructured(new JsonObject
            {
                ["apiVersion"] = "machineconfiguration.openshift.io/v1",
                ["kind"] = "MachineConfig",
                ["metadata"] = new JsonObject { ["name"] = config },
                ["spec"] = new JsonObject { ["kernelType"] = "default", ["config"] = new JsonObject() },
            }));
        }
    }

    public Task UseBuilderAsync(ImageBuilderType builder) => world.User.Resource(Resources.ConfigMaps).PatchAsync(
        new ObjectKey(BuildWorld.Namespace, InputNames.BuildConfig), Patch.Merge(new JsonObject { ["data"] = new JsonObject { [InputNames.ImageBuilderType] = builder.Text() } }));

    /// <summary>Takes the build object away.</summary>
    public async Task DeleteBuildAsync()
    {
        foreach (Pod pod in BuildPods())
            await world.User.Resource(Resources.Pods).DeleteIfExistsAsync(Resources.Pods.KeyOf(pod));

        foreach (Build build in world.List(Resources.Builds).Where(build => IsOurs(build.Metadata)))
            await world.User.Resource(Resources.Builds).DeleteIfExistsAsync(Resources.Builds.KeyOf(build));
    }

    public async Task EvictAsync()
    {
        foreach (Pod pod in BuildPods().Where(static pod => pod.Status.Phase is "Pending" or "Running"))
        {
            await world.User.Resource(Resources.Pods).PatchStatusAsync(Resources.Pods.KeyOf(pod), Patch.Merge(new JsonObject
            {
                ["status"] = new JsonObject { ["phase"] = "Failed", ["reason"] = "Evicted", ["message"] = "The node was low on resource: memory." },
            }));
        }
    }

    /// <summary>Takes away one of the ConfigMaps of a build.</summary>
    public async Task DeleteMapAsync()
    {
        ConfigMap[] maps = [.. world.List(Resources.ConfigMaps).Where(map => IsOurs(map.Metadata))];
        if (maps.Length > 0)
            await world.User.Resource(Resources.ConfigMaps).DeleteIfExistsAsync(Resources.ConfigMaps.KeyOf(maps[(int)(world.Random() * maps.Length)]));
    }

    /// <summary>The pool goes, and another one of its name comes.</summary>
    public async Task RecreateAsync(string config)
    {
        await CreateConfigAsync(config);
        if (await Pools.DeleteIfExistsAsync(new ObjectKey(pool)))
            await world.DelayUpTo(TimeSpan.FromSeconds(5));

        await CreateAsync(config);
    }

    private Task<UnstructuredObject> CreateAsync(string config) => world.User.Resource(ResourceType.Unstructured(Resources.MachineConfigPools.Resource, Resources.MachineConfigPools.Kind, ResourceScope.Cluster)).CreateAsync(Unstructured(new JsonObject
    {
        ["apiVersion"] = "machineconfiguration.openshift.io/v1",
        ["kind"] = "MachineConfigPool",
        ["metadata"] = new JsonObject { ["name"] = pool, ["labels"] = new JsonObject { [PoolKeys.LayeringEnabled] = string.Empty } },
        ["spec"] = new JsonObject { ["configuration"] = new JsonObject { ["name"] = config } },
    }));

    private static UnstructuredObject Unstructured(JsonObject body) => new(JsonSerializer.SerializeToElement(body));

    private IEnumerable<Pod> BuildPods() => world.List(Resources.Pods).Where(pod => IsOurs(pod.Metadata));

    private bool IsOurs(ObjectMeta metadata) => metadata.Labels.GetValueOrDefault(BuildLabels.TargetPool) == pool;

    private Task<ConfigMap> ContainerfileAsync(string text) => world.User.Resource(Resources.ConfigMaps).PatchAsync(
        new ObjectKey(BuildWorld.Namespace, InputNames.CustomContainerfile), Patch.Merge(new JsonObject { ["data"] = new JsonObject { [pool] = text } }));

    private Task MetadataAsync(string member, params (string Key, string? Value)[] items)
    {
        var values = new JsonObject();
        foreach ((string key, string? value) in items)
            values[key] = value;

        return PatchAsync(new JsonObject { ["metadata"] = new JsonObject { [member] = values } });
    }

    private async Task PatchAsync(JsonObject patch)
    {
        try
        {
            await Pools.PatchAsync(new ObjectKey(pool), Patch.Merge(patch));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            world.Note($"{pool} is gone");
        }
    }
}
