using System.Text;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Core.Sync;

/// <summary>What kubelets, nodes, registries and people do to a build that runs.</summary>
internal sealed partial class BuildWorld
{
    private JsonObject? held;
    private bool canHold;

    /// <summary>The plural of the kind that builds are of.</summary>
    public string BuildPlural => Builder == ImageBuilderType.CustomPodBuilder ? "pods" : "builds";

    /// <summary>The pod that does the building, whichever builder it was made by.</summary>
    public string BuilderPod(string config = ConfigA) => Builder == ImageBuilderType.CustomPodBuilder ? $"build-{config}" : $"build-{config}-build";

    /// <summary>Where a pool's build was told to push to.</summary>
    public string? PullspecOfBuild(string pool = Worker) => Builder == ImageBuilderType.CustomPodBuilder
        ? Pods(pool).Single().Spec.Containers[0].Env.Single(static variable => variable.Name == "TAG").Value
        : OpenShiftBuilds().Single(build => build.Metadata.Labels[BuildLabels.TargetPool] == pool).Spec.Output!.To!.Name;

    /// <summary>A kubelet, or whoever speaks for it, says how a pod is.</summary>
    public BuildWorld SetPodStatus(JsonObject status, string? pod = null)
    {
        Do(Admin.Resource(Resources.Pods).PatchStatusAsync(new ObjectKey(Namespace, pod ?? BuilderPod()), Patch.Merge(new JsonObject { ["status"] = status })));
        return this;
    }

    /// <summary>The container that builds ends with an error; one that waits for its digest goes on waiting.</summary>
    public BuildWorld FailBuild(string lastWords)
    {
        var key = new ObjectKey(Namespace, BuilderPod());
        Pod pod = Find(Resources.Pods, key)!;
        Patch status = Builder == ImageBuilderType.CustomPodBuilder
            ? PodStatusJson.ContainerFailed(pod, "image-build", lastWords, World.Time.GetUtcNow())
            : PodStatusJson.Failed(pod, lastWords, World.Time.GetUtcNow());
        Do(Admin.Resource(Resources.Pods).PatchStatusAsync(key, status));
        return this;
    }

    /// <summary>OpenShift's build controller ends a Build; its pod runs no more.</summary>
    public BuildWorld EndOpenShiftBuild(string phase, string? reason = null, string? message = null, JsonObject? output = null)
    {
        var status = new JsonObject { ["phase"] = phase, ["completionTimestamp"] = Rfc3339.Format(World.Time.GetUtcNow()) };
        if (reason is not null)
            status["reason"] = reason;

        if (message is not null)
            status["message"] = message;

        if (output is not null)
            status["output"] = output;

        PatchBuild(new JsonObject { ["status"] = status });
        return Delete(Resources.Pods, BuilderPod(), new DeleteOptions { GracePeriod = TimeSpan.Zero });
    }

    /// <summary>From now on no pod starts: each stays at what the cluster says about it, until <see cref="LetPodsStart"/>.</summary>
    public BuildWorld KeepPodsFromStarting(JsonObject status)
    {
        held = status;
        if (!canHold)
            Kubelet.AddReactor(HoldAsync);

        canHold = true;
        return this;
    }

    public BuildWorld LetPodsStart()
    {
        held = null;
        foreach (Pod pod in Pods())
            Do(Admin.Resource(Resources.Pods).PatchAsync(Resources.Pods.KeyOf(pod), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["example.com/look"] = "again" } } })));

        return this;
    }

    /// <summary>A process on a computer whose clock is somebody's to set.</summary>
    public ShiftedClock StartControllerWithClock()
    {
        var clock = new ShiftedClock(World.Time);
        var runtime = new OperatorRuntime { Time = clock, Scheduler = World.Scheduler, LoggerFactory = Logs, Random = new Random(1) };
        controllers.Add(new ControllerProcess(this, Client($"controller-{controllers.Count}"), Options, runtime));
        return clock;
    }

    private async Task<FakeResponse> HoldAsync(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        bool starts = held is not null && request is { Verb: "patch", Resource.Plural: "pods", Subresource: "status" }
            && !Encoding.UTF8.GetString(request.Body.Span).Contains("\"Failed\"", StringComparison.Ordinal);
        if (!starts)
            return await next();

        Patch status = Patch.Merge(new JsonObject { ["status"] = held!.DeepClone() });
        return FakeResponse.Of(Resources.Pods, await Admin.Resource(Resources.Pods).PatchStatusAsync(request.Key, status, cancellationToken));
    }
}
