using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Core.Sync;

/// <summary>Reads the world of one pool, live: a cache may lag behind our own writes, and what it tells late must not start a build.</summary>
internal sealed class PoolObserver(IClientset clientset, ApiPipeline pipeline, InputsReader inputs, OperatorRuntime runtime, string @namespace)
{
    private readonly DigestReader digests = new(clientset, pipeline, @namespace);

    public async Task<PoolObservation> ObserveAsync(string pool, IReadOnlyList<string> takenNames, CancellationToken cancellationToken)
    {
        // The pool first, then the objects: what is missing of the served attempt is then missing now, or the pool has moved on
        // and refuses the patch. The other way round is for IsCurrentAsync.
        PoolObservation observation = new()
        {
            PoolName = pool,
            Pool = await FindPoolAsync(pool, cancellationToken),
            TakenNames = takenNames,
            Now = runtime.Time.GetUtcNow(),
        };
        // No object can be labelled for it, and the API refuses to look for one.
        if (pool.Length > BuildLabels.LongestValue)
            return observation;

        var options = new ListOptions { LabelSelector = $"{BuildLabels.BuildPod},{BuildLabels.DesiredConfig},{BuildLabels.TargetPool}={pool}" };
        ResourceList<Pod> pods = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.Pods).ListAsync(@namespace, options, token), cancellationToken);
        ResourceList<Build>? builds = await ListBuildsAsync(options, cancellationToken);
        ResourceList<PartialObject> maps = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps.MetadataOnly).ListAsync(@namespace, options, token), cancellationToken);

        observation = observation with
        {
            Objects =
            [
                .. pods.Items.Select(OwnedObjects.Of),
                .. builds?.Items.Select(build => OwnedObjects.Of(build, pods.Items)) ?? [],
                .. maps.Items.Select(static map => OwnedObjects.Of(OwnedKind.ConfigMap, map.Metadata)),
            ],
            AreBuildsServed = builds is not null,
            Now = runtime.Time.GetUtcNow(),
        };
        if (observation.Annotations?.State.Serving is not { } attempt)
            return observation;

        // What a build has come to counts, whoever is configured to build by now.
        bool hasEnded = observation.Objects.Any(item => item.AttemptId == attempt.Id && item.Progress is { IsFinished: true });
        return observation with
        {
            ConfiguredBuilder = hasEnded ? null : await inputs.BuilderAsync(cancellationToken),
            Digest = await digests.ReadAsync(attempt, pods.Items, builds?.Items ?? [], cancellationToken),
        };
    }

    /// <summary>The pool alone, for what concerns no object.</summary>
    public async Task<PoolObservation> ObservePoolAsync(string pool, CancellationToken cancellationToken) => new()
    {
        PoolName = pool,
        Pool = await FindPoolAsync(pool, cancellationToken),
        Now = runtime.Time.GetUtcNow(),
    };

    /// <summary>
    /// Whether the pool still serves what the observation says. Asked before a step that no version of the pool guards:
    /// objects listed after the pool was read may belong to an attempt that another controller has accepted in between.
    /// </summary>
    public async Task<bool> IsCurrentAsync(PoolObservation observation, CancellationToken cancellationToken)
    {
        MachineConfigPool? now = await FindPoolAsync(observation.PoolName, cancellationToken);
        return now?.Metadata.Uid == observation.Pool?.Metadata.Uid
            && now?.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildState) == observation.Pool?.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildState)
            && now?.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled) == observation.Pool?.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled);
    }

    private Task<MachineConfigPool?> FindPoolAsync(string pool, CancellationToken cancellationToken) => pipeline.ExecuteAsync(
        token => clientset.Resource(Resources.MachineConfigPools).FindAsync(new ObjectKey(pool), token), cancellationToken);

    /// <returns>Null if the cluster does not serve builds.</returns>
    private async Task<ResourceList<Build>?> ListBuildsAsync(ListOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                token => clientset.Resource(Resources.Builds).ListAsync(@namespace, options, token), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }
}
