using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Tests.Core.Sync;

/// <summary>What befalls pools and builds.</summary>
internal sealed partial class BuildWorld
{
    /// <summary>One edit of a pool, however much it changes.</summary>
    public BuildWorld EditPool(JsonObject change, string pool = Worker)
    {
        Do(Admin.Resource(Resources.MachineConfigPools).PatchAsync(new ObjectKey(pool), Patch.Merge(change)));
        return this;
    }

    /// <summary>What the controller that owns a condition writes.</summary>
    public BuildWorld SetCondition(string type, bool isTrue, string pool = Worker)
    {
        IReadOnlyList<PoolCondition> conditions = Pool(pool)!.Status.Conditions.With(type, isTrue, isTrue ? "Sample" : string.Empty, string.Empty, World.Time.GetUtcNow());
        Do(Admin.Resource(Resources.MachineConfigPools).PatchStatusAsync(new ObjectKey(pool), Patch.Merge(new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(
                [
                    .. conditions.Select(static condition => new JsonObject
                    {
                        ["type"] = condition.Type,
                        ["status"] = condition.Status,
                        ["reason"] = condition.Reason,
                        ["message"] = condition.Message,
                        ["lastTransitionTime"] = condition.LastTransitionTime is { } time ? Rfc3339.Format(time) : null,
                    }),
                ]),
            },
        })));
        return this;
    }

    /// <summary>The builder is configured anew.</summary>
    public BuildWorld SetBuilder(ImageBuilderType type) => SetInput(InputNames.BuildConfig, InputNames.ImageBuilderType, type.Text());

    /// <summary>The builder that this world did not begin with.</summary>
    public ImageBuilderType OtherBuilder =>
        Builder == ImageBuilderType.CustomPodBuilder ? ImageBuilderType.OpenShiftImageBuilder : ImageBuilderType.CustomPodBuilder;

    /// <summary>Somebody deletes a pool's build object by hand.</summary>
    public BuildWorld DeleteBuild(string pool = Worker)
    {
        BuildSeen build = BuildsOf(pool).Single();
        return build.Kind == OwnedKind.Pod
            ? Delete(Resources.Pods, build.Name)
            : Delete(Resources.Builds, build.Name, new DeleteOptions { Propagation = DeletionPropagation.Foreground });
    }

    /// <summary>Somebody patches a pool's build object.</summary>
    public BuildWorld PatchBuild(JsonObject change, string pool = Worker)
    {
        BuildSeen build = BuildsOf(pool).Single();
        var key = new ObjectKey(Namespace, build.Name);
        if (build.Kind == OwnedKind.Pod)
            Do(Admin.Resource(Resources.Pods).PatchAsync(key, Patch.Merge(change)));
        else
            Do(Admin.Resource(Resources.Builds).PatchAsync(key, Patch.Merge(change)));

        return this;
    }

    /// <summary>A ConfigMap with the labels of a build that nobody remembers.</summary>
    public BuildWorld CreateLeftover(string name, string pool = Worker, string? attempt = null, IReadOnlyDictionary<string, string>? data = null)
    {
        var labels = new Dictionary<string, string>
        {
            [BuildLabels.BuildPod] = string.Empty,
            [BuildLabels.TargetPool] = pool,
            [BuildLabels.DesiredConfig] = name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..],
        };
        if (attempt is not null)
            labels[BuildLabels.BuildAttempt] = attempt;

        Do(Admin.Resource(Resources.ConfigMaps).CreateAsync(new ConfigMap
        {
            Metadata = new ObjectMeta { Name = name, Namespace = Namespace, Labels = labels },
            Data = data ?? new Dictionary<string, string>(),
        }));
        return this;
    }

    /// <summary>What the garbage collector goes by is taken off everything that was made for a pool.</summary>
    public BuildWorld Disown(string pool = Worker)
    {
        var none = new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = null } };
        foreach (ConfigMap map in Maps(pool))
            Do(Admin.Resource(Resources.ConfigMaps).PatchAsync(Resources.ConfigMaps.KeyOf(map), Patch.Merge(none)));

        return PatchBuild(none, pool);
    }

    /// <summary>Whether a pool has a build that has failed, whether that was seen already or not.</summary>
    public bool HasFailedBuild(string pool = Worker) =>
        Pods(pool).Select(OwnedObjects.Of).Concat(OpenShiftBuilds().Select(OwnedObjects.Of)).Any(static item => item.Progress is BuildProgress.Failed);

    /// <summary>The controller is stopped, something happens, and another one starts.</summary>
    public BuildWorld WhileDown(Action<BuildWorld> meanwhile)
    {
        Controller.Stop();
        meanwhile(this);
        StartController();
        return this;
    }

    /// <summary>All of a pool, also what the model does not know.</summary>
    public JsonNode Root(string pool = Worker) =>
        JsonSerializer.SerializeToNode(Find(ResourceType.Unstructured(Resources.MachineConfigPools.Resource, Resources.MachineConfigPools.Kind, ResourceScope.Cluster), new ObjectKey(pool))!.Root)!;

    public ConfigMap? Map(string name) => Find(Resources.ConfigMaps, new ObjectKey(Namespace, name));

    /// <summary>The Containerfile that the worker pool's build was given.</summary>
    public string? MountedContainerfile(string config = ConfigA) => Map($"dockerfile-{config}")?.Data["Dockerfile"];
}
