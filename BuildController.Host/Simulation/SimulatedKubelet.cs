using System.Collections.Concurrent;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Execution;

namespace BuildController.Host.Simulation;

/// <summary>
/// Takes pods through their phases as kubelets do, through the API server as they do: pulls, runs, lets build pods build,
/// and ends pods that are deleted or over their deadline. Nothing is really run.
/// </summary>
internal sealed class SimulatedKubelet : IReconciler<ObjectKey>, IAsyncDisposable
{
    private readonly OperatorRuntime runtime;
    private readonly SimulatedKubeletOptions options;
    private readonly IResourceClient<Pod> pods;
    private readonly SimulatedBuild build;
    private readonly SharedInformerFactory informers;
    private readonly IController controller;

    /// <summary>Since when each pod is in the stage it is in, by the kubelet's own clock: status times have whole seconds only.</summary>
    private readonly ConcurrentDictionary<ObjectKey, StageStart> stages = new();

    public SimulatedKubelet(IClientset clientset, SimulatedKubeletOptions options, OperatorRuntime runtime)
    {
        this.options = options;
        this.runtime = runtime;
        pods = clientset.Resource(Resources.Pods);
        build = new SimulatedBuild(clientset, runtime);
        informers = new SharedInformerFactory(clientset, runtime: runtime);
        controller = new ControllerBuilder("kubelet") { Options = { Workers = 4 } }.For(Resources.Pods).Build(informers, this, runtime);
    }

    public Task RunAsync(CancellationToken cancellationToken = default) => controller.RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await controller.DisposeAsync();
        await informers.DisposeAsync();
    }

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        ObjectKey key = context.Key;
        try
        {
            Pod? pod = await pods.FindAsync(key, cancellationToken);
            return pod switch
            {
                null => Finished(key),
                { Metadata.DeletionTimestamp: not null } => await EndAsync(pod, cancellationToken),
                { Status.Phase: null or "Pending" } => await StartAsync(pod, cancellationToken),
                { Status.Phase: "Running" } => await RunAsync(pod, cancellationToken),
                _ => Finished(key),
            };
        }
        catch (ApiException error) when (error.IsConflict)
        {
            // Changed under our hands: look again.
            return ReconcileResult.RequeueAfter(TimeSpan.Zero);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone under our hands; the pod itself most likely, or else what a build needed: not in haste.
            return ReconcileResult.RequeueAfter(options.MountRetry);
        }
    }

    private async Task<ReconcileResult> StartAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (UntilDeadline(pod) is { } due && due <= TimeSpan.Zero)
            return await ExceedDeadlineAsync(pod, cancellationToken);

        if (pod.Status.ContainerStatuses.Count == 0)
            await PatchStatusAsync(pod, PodStatusJson.Creating(pod, runtime.Time.GetUtcNow()), cancellationToken);

        if (Remaining(pod, "pull", options.PullTime) is { } left)
            return ReconcileResult.RequeueAfter(left);

        if (await build.MissingVolumeAsync(pod, cancellationToken) is { } missing)
        {
            await PatchStatusAsync(pod, PodStatusJson.Waiting(pod, "CreateContainerConfigError", missing), cancellationToken);
            return ReconcileResult.RequeueAfter(options.MountRetry);
        }

        await PatchStatusAsync(pod, PodStatusJson.Running(pod, runtime.Time.GetUtcNow()), cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task<ReconcileResult> RunAsync(Pod pod, CancellationToken cancellationToken)
    {
        TimeSpan? untilDeadline = UntilDeadline(pod);
        if (untilDeadline <= TimeSpan.Zero)
            return await ExceedDeadlineAsync(pod, cancellationToken);

        bool isBuilding = SimulatedBuild.IsBuild(pod) && !pod.Status.ContainerStatuses.Any(static status => status.State?.Terminated is not null);
        if (isBuilding)
        {
            if (Remaining(pod, "build", options.BuildTime) is { } left)
                return ReconcileResult.RequeueAfter(left < untilDeadline ? left : untilDeadline ?? left);

            await PatchStatusAsync(pod, await build.FinishAsync(pod, cancellationToken), cancellationToken);
        }

        return untilDeadline is { } wait ? ReconcileResult.RequeueAfter(wait) : ReconcileResult.Done;
    }

    private async Task<ReconcileResult> EndAsync(Pod pod, CancellationToken cancellationToken)
    {
        bool isRunning = pod.Status.Phase is "Running";
        if (isRunning && Remaining(pod, "stop", options.StopTime) is { } left)
            return ReconcileResult.RequeueAfter(left);

        var now = new DeleteOptions { Uid = pod.Metadata.Uid, GracePeriod = TimeSpan.Zero };
        await pods.DeleteIfExistsAsync(Resources.Pods.KeyOf(pod), now, cancellationToken);
        return Finished(Resources.Pods.KeyOf(pod));
    }

    private async Task<ReconcileResult> ExceedDeadlineAsync(Pod pod, CancellationToken cancellationToken)
    {
        await PatchStatusAsync(pod, PodStatusJson.DeadlineExceeded(pod, runtime.Time.GetUtcNow()), cancellationToken);
        return Finished(Resources.Pods.KeyOf(pod));
    }

    private ReconcileResult Finished(ObjectKey key)
    {
        stages.TryRemove(key, out _);
        return ReconcileResult.Done;
    }

    private TimeSpan? UntilDeadline(Pod pod) =>
        pod.Spec.ActiveDeadlineSeconds is { } seconds ? pod.Status.StartTime + TimeSpan.FromSeconds(seconds) - runtime.Time.GetUtcNow() : null;

    /// <summary>How long a stage still takes, or null when it is over.</summary>
    private TimeSpan? Remaining(Pod pod, string stage, TimeSpan length)
    {
        var now = new StageStart(pod.Metadata.Uid!, stage, runtime.Time.GetTimestamp());
        StageStart start = stages.AddOrUpdate(Resources.Pods.KeyOf(pod), now, (_, known) => known with { Since = now.Since } == now ? known : now);
        TimeSpan left = length - runtime.Time.GetElapsedTime(start.Since);
        return left > TimeSpan.Zero ? left : null;
    }

    private Task<Pod> PatchStatusAsync(Pod pod, Patch status, CancellationToken cancellationToken) =>
        pods.PatchStatusAsync(Resources.Pods.KeyOf(pod), status, cancellationToken);

    private sealed record StageStart(string Uid, string Stage, long Since);
}
