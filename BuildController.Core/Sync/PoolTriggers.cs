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

    private PoolTriggers(IIndexer<MachineConfigPool> pools) => this.pools = pools;

    /// <summary>Lets a controller listen to all that concerns pools.</summary>
    public static void Apply(ControllerBuilder builder, SharedInformerFactory informers, ImageBuildOptions options)
    {
        var triggers = new PoolTriggers(informers.For(Resources.MachineConfigPools, PoolInformer).Indexer);
        var pods = new InformerOptions<Pod>
        {
            Namespace = options.Namespace,
            LabelSelector = LabelSelector.WithKeys(BuildLabels.BuildPod, BuildLabels.TargetPool, BuildLabels.DesiredConfig),
        };
        var inNamespace = new InformerOptions<PartialObject> { Namespace = options.Namespace };
        builder
            .For(Resources.MachineConfigPools, Delayed(PoolInformer))
            .WatchesByLabel(Resources.Pods, BuildLabels.TargetPool, Delayed(pods))
            .Watches(Resources.ConfigMaps.MetadataOnly, triggers.OfConfigMap, Delayed(inNamespace))
            .Watches(Resources.Secrets.MetadataOnly, _ => FailedForTheirInputs(triggers.pools.List()), Delayed(inNamespace))
            .Watches(
                Resources.MachineConfigs.MetadataOnly,
                config => FailedForTheirInputs(triggers.pools.ByIndex(ByConfig, config.Metadata.Name)),
                Delayed(new InformerOptions<PartialObject>()));

        SourceOptions<T> Delayed<T>(InformerOptions<T> informer)
            where T : class => new() { Informer = informer, After = options.UpdateDelay };
    }

    private IEnumerable<ObjectKey> OfConfigMap(PartialObject map)
    {
        if (BuildLabels.AreOurs(map.Metadata.Labels))
            return [new ObjectKey(map.Metadata.Labels[BuildLabels.TargetPool])];

        if (map.Metadata.Name.StartsWith(DigestPrefix, StringComparison.Ordinal))
            return KeysOf(pools.ByIndex(ByConfig, map.Metadata.Name[DigestPrefix.Length..]));

        return map.Metadata.Name is InputNames.BuildConfig or InputNames.OSImageUrl or InputNames.CustomContainerfile
            ? FailedForTheirInputs(pools.List())
            : [];
    }

    /// <summary>
    /// Changed inputs matter by themselves only to pools that failed because of them. A pool that is about to fail so and is
    /// not seen as failed here will be visited for its own change, and then sees the new inputs.
    /// </summary>
    private static IEnumerable<ObjectKey> FailedForTheirInputs(IEnumerable<MachineConfigPool> of) => KeysOf(of.Where(static pool =>
        pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled)
        && pool.Status.Conditions.Any(static condition => condition is { Type: PoolConditionTypes.BuildFailed, IsTrue: true })));

    private static IEnumerable<ObjectKey> KeysOf(IEnumerable<MachineConfigPool> of) => of.Select(static pool => new ObjectKey(pool.Metadata.Name));
}
