using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Core.Sync;

/// <summary>Reads the digest that a build has left: a Build in its own status, a build pod in a ConfigMap.</summary>
internal sealed class DigestReader(IClientset clientset, ApiPipeline pipeline, string @namespace)
{
    /// <returns><see cref="DigestObservation.Missing"/> as long as the attempt's build has not succeeded.</returns>
    public async Task<DigestObservation> ReadAsync(
        BuildAttempt attempt, IReadOnlyList<Pod> pods, IReadOnlyList<Build> builds, CancellationToken cancellationToken)
    {
        if (builds.FirstOrDefault(build => OwnedObjects.AreOf(attempt, build.Metadata)) is { } build)
            return OpenShiftBuildProgress.Of(build) is BuildProgress.Succeeded ? OpenShiftBuildProgress.DigestOf(build, attempt) : DigestObservation.Missing;

        Pod? pod = pods.FirstOrDefault(pod => OwnedObjects.AreOf(attempt, pod.Metadata) && OwnedObjects.Of(pod).Progress is BuildProgress.Succeeded);
        return pod is null ? DigestObservation.Missing : await OfPodAsync(attempt, pod, cancellationToken);
    }

    private async Task<DigestObservation> OfPodAsync(BuildAttempt attempt, Pod pod, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(@namespace, ObjectNames.Digest(attempt.Config));
        ConfigMap? map = await pipeline.ExecuteAsync(token => clientset.Resource(Resources.ConfigMaps).FindAsync(key, token), cancellationToken);
        if (map is null)
            return DigestObservation.Missing;

        if (OwnedObjects.AreOf(attempt, map.Metadata))
            return Read(map);

        bool isUnclaimed = !map.Metadata.Labels.ContainsKey(BuildLabels.BuildPod) && map.Metadata.CreationTimestamp >= pod.Metadata.CreationTimestamp;
        return isUnclaimed
            ? DigestObservation.Missing with { Unclaimed = OwnedObjects.Of(OwnedKind.ConfigMap, map.Metadata) }
            : DigestObservation.Missing;
    }

    private static DigestObservation Read(ConfigMap map)
    {
        string digest = map.Data.GetValueOrDefault(BuildObjects.DigestKey, string.Empty).Trim();
        return ImageDigest.IsValid(digest)
            ? new DigestObservation(digest, Problem: null)
            : new DigestObservation(Value: null, $"ConfigMap {map.Metadata.Name} has no digest under key {BuildObjects.DigestKey} but '{(digest.Length <= 80 ? digest : digest[..80])}'.");
    }
}
