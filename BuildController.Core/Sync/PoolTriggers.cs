using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Control;

namespace BuildController.Core.Sync;

/// <summary>
/// Says which events bring which pools: what an event says is not believed, only that something changed. Every visit waits
/// for the update delay, so that a burst is answered once.
/// </summary>
internal sealed class PoolTriggers
{
    private const string ByConfig = "config";

    private static readonly string DigestPrefix = ObjectNames.Digest(string.Empty);

    private static readonly InformerOptions<MachineConfigPool> PoolInformer = new()
    {
        Indexers = new Dictionary<string, Func<MachineConfigPool, IEnumerable<string>>>
        {
            [ByConfig] = static pool => pool.Spec.Configuration is { Name: { Length: > 0 } name } ? [name] : [],
        },
    };

    private readonly IIndexer<MachineConfigPool> pools;
    private readonly bool followsInputs;

    private PoolTriggers(IIndexer<MachineConfigPool> pools, bool followsInputs)
    {
        this.pools = pools;
        this.followsInputs = followsInputs;
    }

    /// <summary>Lets a controller listen to all that concerns pools.</summary>
    /// <returns>The local copy of the pools.</returns>
    public static IIndexer<MachineConfigPool> Apply(ControllerBuilder builder, SharedInformerFactory informers, ImageBuildOptions options)
    {
        IIndexer<MachineConfigPool> pools = informers.For(Resources.MachineConfigPools, PoolInformer).Indexer;
        var triggers = new PoolTriggers(pools, options.Policy.RebuildOnInputChange);
        LabelSelector ours = LabelSelector.WithKeys(BuildLabels.BuildPod, BuildLabels.TargetPool, BuildLabels.DesiredConfig);
        var pods = new InformerOptions<Pod> { Namespace = options.Namespace, LabelSelector = ours };
        var builds = new InformerOptions<Build>
        {
            Namespace = options.Namespace,
            LabelSelector = ours,
            Reflector = new ReflectorOptions { TreatMissingAsEmpty = true },
        };
        var inNamespace = new InformerOptions<PartialObject> { Namespace = options.Namespace };
        builder
            .For(Resources.MachineConfigPools, Delayed(PoolInformer))
            .WatchesByLabel(Resources.Pods, BuildLabels.TargetPool, Delayed(pods))
            .WatchesByLabel(Resources.Builds, BuildLabels.TargetPool, Delayed(builds))
            .Watches(Resources.ConfigMaps.MetadataOnly, triggers.OfConfigMap, Delayed(inNamespace))
            .Watches(Resources.Secrets.MetadataOnly, _ => triggers.Of(FailedForInputs), Delayed(inNamespace))
            .Watches(
                Resources.MachineConfigs.MetadataOnly,
                config => KeysOf(triggers.pools.ByIndex(ByConfig, config.Metadata.Name).Where(FailedForInputs)),
                Delayed(new InformerOptions<PartialObject>()));
        return pools;

        SourceOptions<T> Delayed<T>(InformerOptions<T> informer)
            where T : class => new() { Informer = informer, After = options.UpdateDelay };
    }

    /// <summary>Whether an attempt is served for a pool, as its conditions say.</summary>
    public static bool IsServed(MachineConfigPool pool) => Says(pool, PoolConditionTypes.Building) || Says(pool, PoolConditionTypes.BuildPending);

    private IEnumerable<ObjectKey> OfConfigMap(PartialObject map)
    {
        if (BuildLabels.AreOurs(map.Metadata.Labels))
            return [new ObjectKey(map.Metadata.Labels[BuildLabels.TargetPool])];

        if (map.Metadata.Name.StartsWith(DigestPrefix, StringComparison.Ordinal))
            return KeysOf(pools.ByIndex(ByConfig, map.Metadata.Name[DigestPrefix.Length..]));

        return map.Metadata.Name switch
        {
            // It also says who builds: an attempt of another builder is interrupted.
            InputNames.BuildConfig => Of(static pool => FailedForInputs(pool) || IsServed(pool)),
            InputNames.OSImageUrl or InputNames.CustomContainerfile => Of(pool => followsInputs || FailedForInputs(pool)),
            _ => [],
        };
    }

    /// <summary>
    /// Changed inputs matter by themselves only to pools that failed because of them. A pool that is about to fail so and is
    /// not seen as failed here will be visited for its own change, and then sees the new inputs.
    /// </summary>
    private static bool FailedForInputs(MachineConfigPool pool) => Says(pool, PoolConditionTypes.BuildFailed);

    private static bool Says(MachineConfigPool pool, string type)
    {
        foreach (PoolCondition condition in pool.Status.Conditions)
        {
            if (condition.IsTrue && condition.Type == type)
                return true;
        }

        return false;
    }

    private IEnumerable<ObjectKey> Of(Func<MachineConfigPool, bool> concerns) =>
        KeysOf(pools.List().Where(static pool => pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled)).Where(concerns));

    private static IEnumerable<ObjectKey> KeysOf(IEnumerable<MachineConfigPool> of) => of.Select(static pool => new ObjectKey(pool.Metadata.Name));
}
