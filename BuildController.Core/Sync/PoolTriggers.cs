using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.WorkQueue;

namespace BuildController.Core.Sync;

/// <summary>
/// Turns events into pools to look at, and does nothing else: what an event says is not believed, only that something
/// changed. Every visit waits for the update delay, so that a burst is answered once.
/// </summary>
internal sealed class PoolTriggers
{
    private const string ByConfig = "config";

    private static readonly string DigestPrefix = ObjectNames.Digest(string.Empty);

    private readonly IWorkQueue<ObjectKey> queue;
    private readonly TimeSpan delay;
    private readonly IIndexer<MachineConfigPool> pools;

    public PoolTriggers(SharedInformerFactory informers, IWorkQueue<ObjectKey> queue, ImageBuildOptions options)
    {
        this.queue = queue;
        delay = options.UpdateDelay;
        ISharedInformer<MachineConfigPool> poolInformer = informers.For(Resources.MachineConfigPools, new InformerOptions<MachineConfigPool>
        {
            Indexers = new Dictionary<string, Func<MachineConfigPool, IEnumerable<string>>>
            {
                [ByConfig] = static pool => pool.Spec.Configuration is { Name: { Length: > 0 } name } ? [name] : [],
            },
        });
        pools = poolInformer.Indexer;
        poolInformer.AddKeyHandler(Enqueue);

        ISharedInformer<Pod> pods = informers.For(Resources.Pods, new InformerOptions<Pod>
        {
            Namespace = options.Namespace,
            LabelSelector = LabelSelector.WithKeys(BuildLabels.BuildPod, BuildLabels.TargetPool, BuildLabels.DesiredConfig),
        });
        AddHandler(pods, pod => Enqueue(new ObjectKey(pod.Metadata.Labels[BuildLabels.TargetPool])));

        var inNamespace = new InformerOptions<PartialObject> { Namespace = options.Namespace };
        AddHandler(informers.For(Resources.ConfigMaps.MetadataOnly, inNamespace), ConfigMapChanged);
        AddHandler(informers.For(Resources.Secrets.MetadataOnly, inNamespace), _ => InputsChanged(pools.List()));
        AddHandler(informers.For(Resources.MachineConfigs.MetadataOnly), config => InputsChanged(pools.ByIndex(ByConfig, config.Metadata.Name)));
    }

    private static void AddHandler<T>(ISharedInformer<T> informer, Action<T> changed)
        where T : class =>
        informer.AddHandler(ResourceEventHandler.Create<T>(
            added => changed(added.Object), updated => changed(updated.New), deleted => changed(deleted.LastKnown)));

    private void ConfigMapChanged(PartialObject map)
    {
        if (BuildLabels.AreOurs(map.Metadata.Labels))
            Enqueue(new ObjectKey(map.Metadata.Labels[BuildLabels.TargetPool]));
        else if (map.Metadata.Name.StartsWith(DigestPrefix, StringComparison.Ordinal))
            EnqueueAll(pools.ByIndex(ByConfig, map.Metadata.Name[DigestPrefix.Length..]));
        else if (map.Metadata.Name is InputNames.BuildConfig or InputNames.OSImageUrl or InputNames.CustomContainerfile)
            InputsChanged(pools.List());
    }

    /// <summary>
    /// Changed inputs matter by themselves only to pools that failed because of them. A pool that is about to fail so and is
    /// not seen as failed here will be visited for its own change, and then sees the new inputs.
    /// </summary>
    private void InputsChanged(IEnumerable<MachineConfigPool> of) => EnqueueAll(of.Where(static pool =>
        pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled)
        && pool.Status.Conditions.Any(static condition => condition is { Type: PoolConditionTypes.BuildFailed, IsTrue: true })));

    private void EnqueueAll(IEnumerable<MachineConfigPool> of)
    {
        foreach (MachineConfigPool pool in of)
            Enqueue(new ObjectKey(pool.Metadata.Name));
    }

    private void Enqueue(ObjectKey pool) => queue.AddAfter(pool, delay);
}
