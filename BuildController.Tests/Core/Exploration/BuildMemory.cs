using System.Runtime.CompilerServices;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>What has been seen in a world of all its builds and their digests: what invariants compare with.</summary>
internal sealed class BuildMemory
{
    private static readonly ConditionalWeakTable<SimulatedWorld, BuildMemory> Worlds = [];

    private readonly Dictionary<string, BuildSeen> builds = [];
    private readonly HashSet<(string Pool, string Digest)> digests = [];
    private readonly Dictionary<string, string?> images = [];
    private readonly Dictionary<string, string> foreign = [];

    private BuildMemory(SimulatedWorld world)
    {
        foreach (MachineConfigPool pool in world.List(Resources.MachineConfigPools))
            images[pool.Metadata.Uid!] = pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.NewestImage);

        foreach (ConfigMap map in Foreign(world))
            foreign[map.Metadata.Uid!] = map.Metadata.ResourceVersion!;
    }

    /// <summary>How many builds there were in all, or of one pool.</summary>
    public int Builds(string? pool = null) => builds.Values.Count(build => pool is null || build.Pool == pool);

    public static BuildMemory Of(SimulatedWorld world) => Worlds.GetValue(world, static world => new BuildMemory(world));

    /// <summary>At most one live build object of a pool, at any moment.</summary>
    public static string? TwoLiveBuilds(SimulatedWorld world)
    {
        IReadOnlyList<BuildSeen> present = Of(world).Look(world);
        IGrouping<string, BuildSeen>? doubled = present.Where(static build => build.IsLive).GroupBy(static build => build.Pool).FirstOrDefault(static builds => builds.Count() > 1);
        return doubled is null ? null : $"{doubled.Key} has {string.Join(" and ", doubled.Select(static build => $"{build.Kind} {build.Name} of {build.Attempt}"))}";
    }

    /// <summary>A pool's image changes only to a digest that a build of this pool has published.</summary>
    public static string? UnknownImage(SimulatedWorld world)
    {
        BuildMemory memory = Of(world);
        foreach (MachineConfigPool pool in world.List(Resources.MachineConfigPools))
        {
            string? image = pool.Metadata.Annotations.GetValueOrDefault(PoolKeys.NewestImage), last = memory.images.GetValueOrDefault(pool.Metadata.Uid!);
            memory.images[pool.Metadata.Uid!] = image;
            if (image is not null && image != last && !memory.digests.Contains((pool.Metadata.Name, image[(image.IndexOf('@', StringComparison.Ordinal) + 1)..])))
                return $"{pool.Metadata.Name} has {image}, which no build of it has published";
        }

        return null;
    }

    /// <summary>No pool says two things of its builds at once.</summary>
    public static string? Contradiction(SimulatedWorld world)
    {
        foreach (MachineConfigPool pool in world.List(Resources.MachineConfigPools))
        {
            string[] said = [.. PoolEnd.TrueBuildConditions(pool)];
            if (said.Length > 1)
                return $"{pool.Metadata.Name} says {string.Join(" and ", said)}";
        }

        return null;
    }

    /// <summary>What is not ours stays as it is.</summary>
    public static string? ForeignTouched(SimulatedWorld world)
    {
        BuildMemory memory = Of(world);
        Dictionary<string, string> present = Foreign(world).ToDictionary(static map => map.Metadata.Uid!, static map => map.Metadata.ResourceVersion!);
        return memory.foreign.All(item => present.GetValueOrDefault(item.Key) == item.Value) ? null : "a ConfigMap of somebody else was changed or deleted";
    }

    private static IEnumerable<ConfigMap> Foreign(SimulatedWorld world) =>
        world.List(Resources.ConfigMaps).Where(static map => map.Metadata.Name.StartsWith("foreign-", StringComparison.Ordinal));

    private List<BuildSeen> Look(SimulatedWorld world)
    {
        List<BuildSeen> present =
        [
            .. world.List(Resources.Pods).Where(IsOurs).Select(BuildSeen.Of).OfType<BuildSeen>(),
            .. world.List(Resources.Builds).Select(BuildSeen.Of),
        ];
        foreach (BuildSeen build in present)
            builds.TryAdd(build.Uid, build);

        foreach (Build build in world.List(Resources.Builds))
        {
            if (build.Status.Output?.To?.ImageDigest is { } digest)
                digests.Add((build.Metadata.Labels[BuildLabels.TargetPool], digest));
        }

        foreach (ConfigMap map in world.List(Resources.ConfigMaps))
        {
            if (map.Metadata.Labels.TryGetValue(BuildLabels.TargetPool, out string? pool) && map.Data.TryGetValue("digest", out string? digest) && ImageDigest.IsValid(digest.Trim()))
                digests.Add((pool, digest.Trim()));
        }

        return present;
    }

    private static bool IsOurs(Pod pod) => pod.Metadata.Labels.ContainsKey(BuildLabels.TargetPool);
}
