using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;

namespace BuildController.Core.Sync;

/// <summary>Describes what was found in the cluster to the machine.</summary>
internal static class OwnedObjects
{
    /// <summary>The pod of a Build has the Build's labels, but it is the Build that tells how it goes.</summary>
    public static OwnedObject Of(Pod pod) => IsOfBuild(pod) ? Of(OwnedKind.Pod, pod.Metadata) : Of(OwnedKind.Pod, pod.Metadata) with
    {
        Progress = PodProgress.Of(pod),
        IsStopping = pod.Spec.ActiveDeadlineSeconds is not null,
    };

    public static OwnedObject Of(Build build) => Of(OwnedKind.Build, build.Metadata) with
    {
        Progress = OpenShiftBuildProgress.Of(build),
        IsStopping = build.Status.Cancelled,
    };

    /// <summary>A Build does not say what it waits for while its pod does not start; the pod does.</summary>
    public static OwnedObject Of(Build build, IReadOnlyList<Pod> pods)
    {
        OwnedObject found = Of(build);
        if (found.Progress is not BuildProgress.Pending { Message: null })
            return found;

        Pod? pod = pods.FirstOrDefault(pod => pod.Metadata.OwnerReferences.Any(owner => owner.Uid == build.Metadata.Uid));
        return pod is not null && PodProgress.Of(pod) is BuildProgress.Pending waiting ? found with { Progress = waiting } : found;
    }

    public static OwnedObject Of(OwnedKind kind, ObjectMeta metadata) => new(
        kind,
        metadata.Name,
        metadata.Uid ?? string.Empty,
        metadata.Labels.GetValueOrDefault(BuildLabels.BuildAttempt, string.Empty),
        metadata.DeletionTimestamp is not null)
    {
        Created = metadata.CreationTimestamp,
    };

    public static bool AreOf(BuildAttempt attempt, ObjectMeta metadata) => metadata.Labels.GetValueOrDefault(BuildLabels.BuildAttempt) == attempt.Id;

    private static bool IsOfBuild(Pod pod) => pod.Metadata.OwnerReferences.Any(static owner => owner.Kind == Resources.Builds.Kind);
}
