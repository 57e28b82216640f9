using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Core.Sync;

/// <summary>Reads the world of one pool, live: a cache may lag behind our own writes, and what it tells late must not start a build.</summary>
internal sealed class PoolObserver(IClientset clientset, ApiPipeline pipeline, OperatorRuntime runtime, string @namespace)
{
    public async Task<PoolObservation> ObserveAsync(string pool, IReadOnlyList<string> takenNames, CancellationToken cancellationToken)
    {
        MachineConfigPool? found = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.MachineConfigPools).FindAsync(new ObjectKey(pool), token), cancellationToken);

        // The pool first, then the objects: what is missing of the served attempt is then missing now, or the pool has moved on
        // and refuses the patch. The other way round is for IsCurrentAsync.
        string selector = $"{BuildLabels.BuildPod},{BuildLabels.DesiredConfig},{BuildLabels.TargetPool}={pool}";
        var options = new ListOptions { LabelSelector = selector };
        ResourceList<Pod> pods = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.Pods).ListAsync(@namespace, options, token), cancellationToken);
        ResourceList<ConfigMap> maps = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps).ListAsync(@namespace, options, token), cancellationToken);

        return new PoolObservation
        {
            PoolName = pool,
            Pool = found,
            Objects = [.. pods.Items.Select(Describe), .. maps.Items.Select(static map => Describe(OwnedKind.ConfigMap, map.Metadata))],
            TakenNames = takenNames,
            Digest = await DigestOfAsync(found, pods.Items, maps.Items, cancellationToken),
            Now = runtime.Time.GetUtcNow(),
        };
    }

    /// <summary>
    /// Whether the pool still serves what the observation says. Asked before a step that no version of the pool guards:
    /// objects listed after the pool was read may belong to an attempt that another controller has accepted in between.
    /// </summary>
    public async Task<bool> IsCurrentAsync(PoolObservation observation, CancellationToken cancellationToken)
    {
        MachineConfigPool? now = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.MachineConfigPools).FindAsync(new ObjectKey(observation.PoolName), token), cancellationToken);
        return now?.Metadata.Uid == observation.Pool?.Metadata.Uid
            && now?.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildState) == observation.Pool?.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildState)
            && now?.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled) == observation.Pool?.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled);
    }

    private static OwnedObject Describe(Pod pod) => Describe(OwnedKind.Pod, pod.Metadata) with
    {
        Progress = PodProgress.Of(pod),
        IsStopping = pod.Spec.ActiveDeadlineSeconds is not null,
    };

    private static OwnedObject Describe(OwnedKind kind, ObjectMeta metadata) => new(
        kind,
        metadata.Name,
        metadata.Uid ?? string.Empty,
        metadata.Labels.GetValueOrDefault(BuildLabels.BuildAttempt, string.Empty),
        metadata.DeletionTimestamp is not null);

    private async Task<DigestObservation> DigestOfAsync(
        MachineConfigPool? pool, IReadOnlyList<Pod> pods, IReadOnlyList<ConfigMap> maps, CancellationToken cancellationToken)
    {
        if (pool?.Metadata.Annotations.GetValueOrDefault(PoolKeys.BuildState) is not { } text
            || !BuildStateJson.TryRead(text, out BuildState? state) || state.Serving is not { } attempt)
            return DigestObservation.Missing;

        string name = ObjectNames.Digest(attempt.Config);
        if (maps.FirstOrDefault(map => map.Metadata.Name == name && IsOf(attempt, map.Metadata)) is { } map)
            return Read(map);

        Pod? build = pods.FirstOrDefault(pod => IsOf(attempt, pod.Metadata) && PodProgress.Of(pod) is BuildProgress.Succeeded);
        return build is null ? DigestObservation.Missing : await UnclaimedAsync(name, build, cancellationToken);
    }

    private async Task<DigestObservation> UnclaimedAsync(string name, Pod build, CancellationToken cancellationToken)
    {
        ConfigMap? map = await pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps).FindAsync(new ObjectKey(@namespace, name), token), cancellationToken);
        return map is not null && !map.Metadata.Labels.ContainsKey(BuildLabels.BuildPod) && map.Metadata.CreationTimestamp >= build.Metadata.CreationTimestamp
            ? DigestObservation.Missing with { Unclaimed = Describe(OwnedKind.ConfigMap, map.Metadata) }
            : DigestObservation.Missing;
    }

    private static DigestObservation Read(ConfigMap map)
    {
        string digest = map.Data.GetValueOrDefault(BuildObjects.DigestKey, string.Empty).Trim();
        return ImageDigest.IsValid(digest)
            ? new DigestObservation(digest, Problem: null)
            : new DigestObservation(Value: null, $"ConfigMap {map.Metadata.Name} has no digest under key {BuildObjects.DigestKey} but '{(digest.Length <= 80 ? digest : digest[..80])}'.");
    }

    private static bool IsOf(BuildAttempt attempt, ObjectMeta metadata) => metadata.Labels.GetValueOrDefault(BuildLabels.BuildAttempt) == attempt.Id;
}
