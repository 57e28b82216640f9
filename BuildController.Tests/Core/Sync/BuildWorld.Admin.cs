using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Events;

namespace BuildController.Tests.Core.Sync;

/// <summary>What an admin does and sees.</summary>
internal sealed partial class BuildWorld
{
    private static readonly ListOptions OfBuilds = new() { LabelSelector = $"{BuildLabels.BuildPod},{BuildLabels.DesiredConfig},{BuildLabels.TargetPool}" };

    private static readonly string[] BuildConditions =
    [
        PoolConditionTypes.BuildPending, PoolConditionTypes.Building, PoolConditionTypes.BuildSuccess,
        PoolConditionTypes.BuildFailed, PoolConditionTypes.BuildInterrupted,
    ];

    public BuildWorld OptIn(string pool = Worker) => PatchPool(pool, "labels", PoolKeys.LayeringEnabled, string.Empty);

    public BuildWorld OptOut(string pool = Worker) => PatchPool(pool, "labels", PoolKeys.LayeringEnabled, value: null);

    public BuildWorld Request(string value, string pool = Worker) => PatchPool(pool, "annotations", PoolKeys.RebuildImage, value);

    public BuildWorld Withdraw(string pool = Worker) => PatchPool(pool, "annotations", PoolKeys.RebuildImage, value: null);

    public BuildWorld ResetRetries(string pool = Worker) => PatchPool(pool, "annotations", PoolKeys.BuildRetries, value: null);

    public BuildWorld Break() => SetInput(InputNames.CustomContainerfile, Worker, "FROM configs AS final\nRUN false\n");

    public BuildWorld Mend() => SetInput(InputNames.CustomContainerfile, Worker, "FROM configs AS final\nRUN true\n");

    public BuildWorld SetInput(string map, string key, string? value)
    {
        Do(Admin.Resource(Resources.ConfigMaps).PatchAsync(
            new ObjectKey(Namespace, map), Patch.Merge(new JsonObject { ["data"] = new JsonObject { [key] = value } })));
        return this;
    }

    public BuildWorld PatchPool(string pool, string member, string key, string? value)
    {
        Do(Admin.Resource(Resources.MachineConfigPools).PatchAsync(
            new ObjectKey(pool), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { [member] = new JsonObject { [key] = value } } })));
        return this;
    }

    /// <summary>What the render controller does when a new config is rendered.</summary>
    public BuildWorld Render(string config, string pool = Worker)
    {
        if (Find(Resources.MachineConfigs, new ObjectKey(config)) is null)
            CreateMachineConfig(config);

        Do(Admin.Resource(Resources.MachineConfigPools).PatchAsync(
            new ObjectKey(pool), Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["configuration"] = new JsonObject { ["name"] = config } } })));
        return this;
    }

    public void CreateMachineConfig(string config, string motd = "") => Create(Resources.MachineConfigs, new JsonObject
    {
        ["apiVersion"] = "machineconfiguration.openshift.io/v1",
        ["kind"] = "MachineConfig",
        ["metadata"] = new JsonObject { ["name"] = config },
        ["spec"] = new JsonObject { ["kernelType"] = "default", ["config"] = new JsonObject { ["motd"] = motd } },
    });

    public void CreatePool(string name, string config, bool isLayered) => Create(
        ResourceType.Unstructured(Resources.MachineConfigPools.Resource, Resources.MachineConfigPools.Kind, ResourceScope.Cluster),
        new JsonObject
        {
            ["apiVersion"] = "machineconfiguration.openshift.io/v1",
            ["kind"] = "MachineConfigPool",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = isLayered ? new JsonObject { [PoolKeys.LayeringEnabled] = string.Empty } : [] },
            ["spec"] = new JsonObject { ["configuration"] = new JsonObject { ["name"] = config } },
        });

    public void Create(ResourceType<UnstructuredObject> type, JsonObject body) =>
        Do(Admin.Resource(type).CreateAsync(new UnstructuredObject(JsonSerializer.SerializeToElement(body))));

    public BuildWorld Delete<T>(ResourceType<T> type, string name, DeleteOptions? options = null)
        where T : class
    {
        Do(Admin.Resource(type).DeleteAsync(type.Scope == ResourceScope.Cluster ? new ObjectKey(name) : new ObjectKey(Namespace, name), options));
        return this;
    }

    /// <summary>What a kubelet under pressure does to a pod.</summary>
    public BuildWorld Evict(string pod)
    {
        Do(Admin.Resource(Resources.Pods).PatchStatusAsync(new ObjectKey(Namespace, pod), Patch.Merge(new JsonObject
        {
            ["status"] = new JsonObject { ["phase"] = "Failed", ["reason"] = "Evicted", ["message"] = "The node was low on resource: memory." },
        })));
        return this;
    }

    public T? Find<T>(ResourceType<T> type, ObjectKey key)
        where T : class => Do(Raw.Resource(type).FindAsync(key));

    public MachineConfigPool? Pool(string name = Worker) => Find(Resources.MachineConfigPools, new ObjectKey(name));

    public IReadOnlyList<MachineConfigPool> Pools() => Do(Raw.Resource(Resources.MachineConfigPools).ListAsync(null)).Items;

    /// <summary>The build objects, of one pool or of all.</summary>
    public IReadOnlyList<BuildSeen> BuildsOf(string? pool = null) =>
    [
        .. Pods(pool).Select(BuildSeen.Of).OfType<BuildSeen>(),
        .. Do(Raw.Resource(Resources.Builds).ListAsync(Namespace, OfBuilds)).Items.Where(build => IsOf(pool, build.Metadata)).Select(BuildSeen.Of),
    ];

    /// <summary>The pods with the labels of builds, of one pool or of all.</summary>
    public IReadOnlyList<Pod> Pods(string? pool = null) =>
        [.. Do(Raw.Resource(Resources.Pods).ListAsync(Namespace, OfBuilds)).Items.Where(pod => IsOf(pool, pod.Metadata))];

    public IReadOnlyList<Build> OpenShiftBuilds() => Do(Raw.Resource(Resources.Builds).ListAsync(Namespace)).Items;

    /// <summary>The builds' ConfigMaps, of one pool or of all.</summary>
    public IReadOnlyList<ConfigMap> Maps(string? pool = null) =>
        [.. Do(Raw.Resource(Resources.ConfigMaps).ListAsync(Namespace, OfBuilds)).Items.Where(map => IsOf(pool, map.Metadata))];

    public IReadOnlyList<string> Objects(string pool) =>
    [
        .. BuildsOf(pool).Select(static build => $"{build.Kind} {build.Name}"),
        .. Maps(pool).Select(static map => $"ConfigMap {map.Metadata.Name}"),
        .. Pods(pool).Where(static pod => BuildSeen.Of(pod) is null && pod.Status.Phase is not ("Succeeded" or "Failed")).Select(static pod => $"Pod {pod.Metadata.Name}"),
    ];

    public IReadOnlyList<CoreEvent> Events() => Do(Raw.Resource(CoreEvent.ResourceType).ListAsync("default")).Items;

    public IReadOnlyList<string> EventReasons(string pool = Worker) =>
        [.. Events().Where(item => item.InvolvedObject.Name == pool).OrderBy(static item => item.Metadata.Name, StringComparer.Ordinal).Select(static item => item.Reason)];

    /// <summary>What an admin was told about a pool, each as often as it was told: the same words again only count up an event.</summary>
    public IReadOnlyList<string> Told(string pool = Worker) =>
        [.. Events().Where(item => item.InvolvedObject.Name == pool).SelectMany(static item => Enumerable.Repeat(item.Reason, item.Count))];

    public string? Annotation(string key, string pool = Worker) => Pool(pool)?.Metadata.Annotations.GetValueOrDefault(key);

    public string? Image(string pool = Worker) => Annotation(PoolKeys.NewestImage, pool);

    public PoolCondition? Condition(string type, string pool = Worker) => Pool(pool)?.Status.Conditions.LastOrDefault(condition => condition.Type == type);

    public bool IsTrue(string type, string pool = Worker) => Condition(type, pool) is { Status: "True" };

    public IReadOnlyList<string> TrueBuildConditions(string pool = Worker) => [.. BuildConditions.Where(type => IsTrue(type, pool))];

    public BuildState State(string pool = Worker) =>
        Annotation(PoolKeys.BuildState, pool) is { } text && BuildStateJson.TryRead(text, out BuildState? state) ? state : BuildState.Empty;

    /// <summary>How many build objects a pool ever had.</summary>
    public int Builds(string pool = Worker) => Invariants.Builds.Count(build => build.Pool == pool);

    public string Describe() => string.Join("; ", Pools().Select(pool =>
        $"{pool.Metadata.Name}: {string.Join(", ", pool.Status.Conditions.Where(static condition => condition.Status == "True").Select(static condition => $"{condition.Type} ({condition.Message})"))}"
        + $" {string.Join(", ", pool.Metadata.Annotations.Select(static item => $"{item.Key[(item.Key.IndexOf('/', StringComparison.Ordinal) + 1)..]}={item.Value}"))}"
        + $" objects: {string.Join(", ", Objects(pool.Metadata.Name))}")) + $"; errors: {string.Join('\n', Logs.Errors.TakeLast(2))}";

    private static bool IsOf(string? pool, ObjectMeta metadata) => pool is null || metadata.Labels[BuildLabels.TargetPool] == pool;
}
