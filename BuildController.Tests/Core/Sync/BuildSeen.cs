using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;

namespace BuildController.Tests.Core.Sync;

/// <summary>A build object, whichever builder made it, as it was seen.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Phase"><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</param>
/// <param name="Text">All of it, for those who look for what must not be in it.</param>
internal sealed record BuildSeen(OwnedKind Kind, ObjectMeta Metadata, string Phase, string Text)
{
    public string Name => Metadata.Name;

    public string Uid => Metadata.Uid!;

    public string Pool => Metadata.Labels[BuildLabels.TargetPool];

    public string Attempt => Metadata.Labels[BuildLabels.BuildAttempt];

    public bool IsTerminating => Metadata.DeletionTimestamp is not null;

    public bool IsLive => Phase is not ("Succeeded" or "Failed");

    /// <summary>The build object that a pod is, or null for the pod of a Build.</summary>
    public static BuildSeen? Of(Pod pod) => OwnedObjects.Of(pod).Progress is null
        ? null
        : new BuildSeen(OwnedKind.Pod, pod.Metadata, pod.Status.Phase ?? "Pending", pod.ToString());

    public static BuildSeen Of(Build build) => new(
        OwnedKind.Build,
        build.Metadata,
        OpenShiftBuildProgress.Of(build) switch
        {
            BuildProgress.Pending => "Pending",
            BuildProgress.Running => "Running",
            BuildProgress.Succeeded => "Succeeded",
            BuildProgress.Failed => "Failed",
            _ => "Unknown",
        },
        build.ToString());
}
