using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>The end states, as what is missing to them: null if they are reached.</summary>
internal static class PoolEnd
{
    private static readonly string[] BuildConditions =
    [
        PoolConditionTypes.BuildPending, PoolConditionTypes.Building, PoolConditionTypes.BuildSuccess,
        PoolConditionTypes.BuildFailed, PoolConditionTypes.BuildInterrupted,
    ];

    public static IEnumerable<string> TrueBuildConditions(MachineConfigPool pool) => BuildConditions.Where(pool.Status.Conditions.IsTrue);

    /// <summary>Built and served, nothing left over, nothing wrong.</summary>
    public static string? NotOk(SimulatedWorld world, string name) =>
        Common(world, name, out MachineConfigPool? pool, out BuildState state)
        ?? Says(pool, PoolConditionTypes.BuildSuccess)
        ?? (pool.Status.Conditions.IsTrue(PoolConditionTypes.ImageBuildDegraded) || pool.Status.Conditions.IsTrue(PoolConditionTypes.Degraded) ? "it is degraded" : null)
        ?? (Objects(world, name) is { Count: > 0 } objects ? $"left over: {string.Join(", ", objects)}" : null)
        ?? (pool.Metadata.Annotations.ContainsKey(PoolKeys.BuildRetries) ? "retries are counted" : null)
        ?? (state.Built == pool.Spec.Configuration?.Name ? null : $"built is {state.Built}, wanted {pool.Spec.Configuration?.Name}")
        ?? (Image(pool) is { } image && image.EndsWith($"@{state.History.LastOrDefault(static attempt => attempt.Outcome == AttemptOutcome.Succeeded)?.Digest}", StringComparison.Ordinal) ? null : $"the image is {Image(pool)}");

    /// <summary>Failed by the admin's fault: told, counted, completed; the last image stays, and so does the failed build.</summary>
    public static string? NotFailed(SimulatedWorld world, string name, int retries, string? image) =>
        Common(world, name, out MachineConfigPool? pool, out _)
        ?? Says(pool, PoolConditionTypes.BuildFailed)
        ?? (pool.Status.Conditions.IsTrue(PoolConditionTypes.ImageBuildDegraded) ? null : "it is not degraded")
        ?? (pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildRetries) == $"{retries}" ? null : $"retries are {pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildRetries)}")
        ?? (Image(pool) == image ? null : $"the image is {Image(pool)}")
        ?? (Objects(world, name).Count == 3 ? null : $"kept: {string.Join(", ", Objects(world, name))}");

    /// <summary>Nothing of ours is on it or belongs to it.</summary>
    public static string? NotForgotten(SimulatedWorld world, string name)
    {
        if (world.Find(Resources.MachineConfigPools, new ObjectKey(name)) is not { } pool)
            return "the pool is gone";

        return (pool.Metadata.Annotations.Keys.FirstOrDefault(static key => key.StartsWith("machineconfiguration.openshift.io/", StringComparison.Ordinal)) is { } key ? $"it has {key}" : null)
            ?? (TrueBuildConditions(pool).FirstOrDefault() is { } condition ? $"it says {condition}" : null)
            ?? (Objects(world, name) is { Count: > 0 } objects ? $"left over: {string.Join(", ", objects)}" : null);
    }

    private static string? Common(SimulatedWorld world, string name, out MachineConfigPool pool, out BuildState state)
    {
        state = BuildState.Empty;
        pool = world.Find(Resources.MachineConfigPools, new ObjectKey(name)) ?? new MachineConfigPool();
        if (pool.Metadata.Name.Length == 0)
            return "the pool is gone";

        if (pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildState) is { } text && BuildStateJson.TryRead(text, out BuildState? read))
            state = read;

        return pool.Metadata.Annotations.ContainsKey(PoolKeys.RebuildImage) ? "the request is still there" : state.Serving is { } serving ? $"{serving.Id} is served" : null;
    }

    private static string? Says(MachineConfigPool pool, string condition)
    {
        string said = string.Join(" and ", TrueBuildConditions(pool));
        return said == condition ? null : $"it says {said}, not {condition}";
    }

    private static string? Image(MachineConfigPool pool) => pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.NewestImage);

    /// <summary>The objects of builds; the pod of a Build goes with it.</summary>
    private static List<string> Objects(SimulatedWorld world, string pool) =>
    [
        .. world.List(Resources.Pods).Where(pod => IsOf(pod.Metadata, pool) && BuildSeen.Of(pod) is not null).Select(static pod => $"Pod {pod.Metadata.Name}"),
        .. world.List(Resources.Builds).Where(build => IsOf(build.Metadata, pool)).Select(static build => $"Build {build.Metadata.Name}"),
        .. world.List(Resources.ConfigMaps).Where(map => IsOf(map.Metadata, pool)).Select(static map => $"ConfigMap {map.Metadata.Name}"),
    ];

    private static bool IsOf(ObjectMeta metadata, string pool) => metadata.Labels.GetValueOrDefault(BuildLabels.TargetPool) == pool;
}
