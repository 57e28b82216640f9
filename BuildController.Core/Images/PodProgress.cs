using BuildController.Core.Model;
using BuildController.Core.Rebuild;

namespace BuildController.Core.Images;

/// <summary>
/// Tells how far a build pod is. The phase alone does not: while one container waits for the digest of another one that
/// has failed, the pod is still <c>Running</c>.
/// </summary>
internal static class PodProgress
{
    public static BuildProgress Of(Pod pod)
    {
        bool hasEnded = pod.Status.Phase is "Succeeded" or "Failed";
        if (pod.Status.Phase == "Failed" && InfrastructureReason(pod) is { } reason)
            return new BuildProgress.Failed(reason, pod.Status.Message ?? $"The pod was ended by the cluster ({reason}).", StillOccupied: false);

        if (pod.Status.Phase != "Succeeded" && FailedContainer(pod) is { } failed)
        {
            FailureReason cause = failed.State!.Terminated!.Reason == "OOMKilled" ? FailureReason.OutOfMemory : FailureReason.BuildFailed;
            return new BuildProgress.Failed(cause, Describe(failed), StillOccupied: !hasEnded);
        }

        return pod.Status.Phase switch
        {
            "Succeeded" => new BuildProgress.Succeeded(LastFinish(pod)),
            "Failed" => new BuildProgress.Failed(FailureReason.BuildFailed, pod.Status.Message ?? pod.Status.Reason ?? "The pod failed without saying why.", StillOccupied: false),
            "Running" => new BuildProgress.Running(),
            "Unknown" => new BuildProgress.Unknown(),
            _ => new BuildProgress.Pending(WaitsFor(pod)),
        };
    }

    private static FailureReason? InfrastructureReason(Pod pod) => pod.Status.Reason switch
    {
        "Evicted" => FailureReason.Evicted,
        "NodeLost" or "NodeShutdown" or "Shutdown" or "Terminated" => FailureReason.NodeLost,
        "Preempting" => FailureReason.Preempted,
        _ => pod.Status.Conditions.FirstOrDefault(static condition => condition is { Type: "DisruptionTarget", Status: "True" }) switch
        {
            null => null,
            { Reason: "PreemptionByScheduler" } => FailureReason.Preempted,
            { Reason: "DeletionByTaintManager" or "DeletionByPodGC" } => FailureReason.NodeLost,
            _ => FailureReason.Evicted,
        },
    };

    /// <summary>The container whose failure is the cause: the build itself rather than the one that waits for it.</summary>
    private static ContainerStatus? FailedContainer(Pod pod) => pod.Status.ContainerStatuses
        .Where(static status => status.State?.Terminated is { ExitCode: not 0 })
        .OrderBy(static status => status.Name == CustomPodBuilder.BuildContainer ? 0 : 1)
        .FirstOrDefault();

    private static string Describe(ContainerStatus status)
    {
        ContainerTerminated ended = status.State!.Terminated!;
        string how = ended.Reason is null or "Error" ? $"exit code {ended.ExitCode}" : $"{ended.Reason}, exit code {ended.ExitCode}";
        string lastWords = ended.Message?.Trim() is { Length: > 0 } message ? $": {message}" : ".";
        return $"container {status.Name} failed ({how}){lastWords}";
    }

    private static DateTimeOffset? LastFinish(Pod pod) => pod.Status.ContainerStatuses.Max(static status => status.State?.Terminated?.FinishedAt);

    private static string? WaitsFor(Pod pod)
    {
        ContainerWaiting? waiting = pod.Status.ContainerStatuses
            .Select(static status => status.State?.Waiting)
            .FirstOrDefault(static waiting => waiting?.Reason is not (null or "ContainerCreating" or "PodInitializing"));
        if (waiting is not null)
            return waiting.Message is null ? waiting.Reason : $"{waiting.Reason}: {waiting.Message}";

        return pod.Status.Conditions.FirstOrDefault(static condition => condition is { Type: "PodScheduled", Status: "False" })?.Message;
    }
}
