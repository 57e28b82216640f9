using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Execution;

namespace BuildController.Host.Simulation;

/// <summary>
/// Does what OpenShift's build controller does with Builds: makes a pod for each, which has the Build's labels, and tells in the Build's
/// status how that pod goes. A <see cref="SimulatedKubelet"/> runs the pods.
/// </summary>
internal sealed class SimulatedImageBuilder : IReconciler<ObjectKey>, IAsyncDisposable
{
    private readonly OperatorRuntime runtime;
    private readonly IResourceClient<Build> builds;
    private readonly IResourceClient<Pod> pods;
    private readonly SharedInformerFactory informers;
    private readonly IController controller;

    public SimulatedImageBuilder(IClientset clientset, OperatorRuntime runtime)
    {
        this.runtime = runtime;
        builds = clientset.Resource(Resources.Builds);
        pods = clientset.Resource(Resources.Pods);
        informers = new SharedInformerFactory(clientset, runtime: runtime);
        controller = new ControllerBuilder("image-builder") { Options = { Workers = 4 } }.For(Resources.Builds).Owns(Resources.Pods).Build(informers, this, runtime);
    }

    public Task RunAsync(CancellationToken cancellationToken = default) => controller.RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await controller.DisposeAsync();
        await informers.DisposeAsync();
    }

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        try
        {
            if (await builds.FindAsync(context.Key, cancellationToken) is not { } build || build.Metadata.DeletionTimestamp is not null || HasEnded(build))
                return ReconcileResult.Done;

            Pod? pod = await pods.FindAsync(SimulatedBuildPod.KeyFor(build), cancellationToken);
            await (build.Status.Cancelled ? CancelAsync(build, pod, cancellationToken) : GoOnAsync(build, pod, cancellationToken));
            return ReconcileResult.Done;
        }
        catch (ApiException error) when (error.IsConflict || error.IsNotFound || error.IsAlreadyExists)
        {
            // Changed under our hands: look again.
            return ReconcileResult.RequeueAfter(TimeSpan.Zero);
        }
    }

    private static bool HasEnded(Build build) => build.Status.Phase is "Complete" or "Failed" or "Error" or "Cancelled";

    private async Task GoOnAsync(Build build, Pod? pod, CancellationToken cancellationToken)
    {
        bool isOurs = pod?.Metadata.OwnerReferences.Any(owner => owner.Uid == build.Metadata.Uid) == true;
        bool isNew = build.Status.Phase is null or "New";
        if (isNew && pod is not null && !isOurs)
        {
            await EndAsync(build, "Error", "BuildPodExists", "The pod for this build already exists and is older than the build.", cancellationToken);
        }
        else if (isNew)
        {
            if (pod is null)
                await pods.CreateAsync(SimulatedBuildPod.For(build), cancellationToken);

            await SetPhaseAsync(build, new JsonObject { ["phase"] = "Pending" }, cancellationToken);
        }
        else if (pod is null || !isOurs || pod.Metadata.DeletionTimestamp is not null)
        {
            await EndAsync(build, "Error", "BuildPodDeleted", "The pod for this build was deleted before the build completed.", cancellationToken);
        }
        else
        {
            await FollowAsync(build, pod, cancellationToken);
        }
    }

    private Task FollowAsync(Build build, Pod pod, CancellationToken cancellationToken)
    {
        ContainerTerminated? ended = pod.Status.ContainerStatuses.Select(static status => status.State?.Terminated).FirstOrDefault(static state => state is { ExitCode: not 0 });
        return pod.Status.Phase switch
        {
            "Succeeded" => EndAsync(build, "Complete", reason: null, message: null, cancellationToken),
            "Failed" when pod.Status.Reason == "Evicted" => EndAsync(build, "Failed", "BuildPodEvicted", pod.Status.Message ?? "The pod was evicted.", cancellationToken),
            "Failed" when ended?.Reason == "OOMKilled" => EndAsync(build, "Failed", "OutOfMemoryKilled", "The build pod was killed due to an out of memory condition.", cancellationToken),
            "Failed" when ended is not null => EndAsync(build, "Failed", "DockerBuildFailed", "Dockerfile build strategy has failed.", cancellationToken, ended.Message),
            "Failed" => EndAsync(build, "Failed", "GenericBuildFailed", pod.Status.Message ?? "Generic Build failure - check logs for details.", cancellationToken),
            "Running" when build.Status.Phase != "Running" => SetPhaseAsync(build, new JsonObject { ["phase"] = "Running" }, cancellationToken),
            _ => Task.CompletedTask,
        };
    }

    private async Task CancelAsync(Build build, Pod? pod, CancellationToken cancellationToken)
    {
        if (pod is not null)
            await pods.DeleteIfExistsAsync(Resources.Pods.KeyOf(pod), new DeleteOptions { Uid = pod.Metadata.Uid }, cancellationToken);

        await EndAsync(build, "Cancelled", "CancelledBuild", "The build was cancelled by the user.", cancellationToken);
    }

    private Task<Build> EndAsync(Build build, string phase, string? reason, string? message, CancellationToken cancellationToken, string? logSnippet = null)
    {
        var status = new JsonObject { ["phase"] = phase, ["completionTimestamp"] = Rfc3339.Format(runtime.Time.GetUtcNow()) };
        if (reason is not null)
        {
            status["reason"] = reason;
            status["message"] = message;
        }

        if (logSnippet is not null)
            status["logSnippet"] = logSnippet;

        return SetPhaseAsync(build, status, cancellationToken);
    }

    private Task<Build> SetPhaseAsync(Build build, JsonObject status, CancellationToken cancellationToken) => builds.PatchAsync(
        Resources.Builds.KeyOf(build),
        Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = build.Metadata.ResourceVersion }, ["status"] = status }),
        cancellationToken);
}
