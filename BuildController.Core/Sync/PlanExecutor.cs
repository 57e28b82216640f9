using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Core.Sync;

/// <summary>
/// Carries out one step of a plan. Each call may be repeated, also when the one before was applied and its answer lost: patches are conditioned
/// on the observed version, deletes on a UID, and creates go to fixed names.
/// </summary>
internal sealed class PlanExecutor(IClientset clientset, ApiPipeline pipeline, ImageBuildOptions options)
{
    /// <returns>The names that the plan needs and that objects of somebody else have; empty if it was carried out.</returns>
    /// <exception cref="ApiException">A call failed; a conflict asks for a new observation.</exception>
    public async Task<IReadOnlyList<string>> ExecuteAsync(Plan plan, MachineConfigPool? pool, CancellationToken cancellationToken)
    {
        switch (plan)
        {
            case Plan.PatchPool patch:
                await PatchPoolAsync(pool!, patch, cancellationToken);
                return [];
            case Plan.PatchConditions patch:
                await PatchConditionsAsync(pool!, patch, cancellationToken);
                return [];
            case Plan.DeleteObjects delete:
                foreach (OwnedObject item in delete.Objects)
                    await DeleteAsync(item, cancellationToken);
                return [];
            case Plan.StartBuild start:
                return await StartAsync(pool!, start, cancellationToken);
            case Plan.ClaimDigest claim:
                await ClaimAsync(pool!, claim, cancellationToken);
                return [];
            case Plan.StopBuild stop:
                await StopAsync(stop.Build, cancellationToken);
                return [];
            default:
                return [];
        }
    }

    private Task<MachineConfigPool> PatchPoolAsync(MachineConfigPool pool, Plan.PatchPool patch, CancellationToken cancellationToken)
    {
        JsonObject metadata = Precondition(pool);
        if (patch.Annotations.Count > 0)
            metadata["annotations"] = Members(patch.Annotations);

        if (patch.Labels.Count > 0)
            metadata["labels"] = Members(patch.Labels);

        Patch body = Patch.Merge(new JsonObject { ["metadata"] = metadata });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.MachineConfigPools).PatchAsync(new ObjectKey(pool.Metadata.Name), body, token), cancellationToken);
    }

    private Task<MachineConfigPool> PatchConditionsAsync(MachineConfigPool pool, Plan.PatchConditions patch, CancellationToken cancellationToken)
    {
        // A merge patch replaces a list whole; the precondition keeps what others write at the same time.
        JsonNode[] conditions = [.. patch.Conditions.Select(static condition => new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["lastTransitionTime"] = condition.LastTransitionTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
        })];
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = Precondition(pool),
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(conditions) },
        });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.MachineConfigPools).PatchStatusAsync(new ObjectKey(pool.Metadata.Name), body, token), cancellationToken);
    }

    private Task<bool> DeleteAsync(OwnedObject item, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(options.Namespace, item.Name);
        var precondition = new DeleteOptions { Uid = item.Uid, Propagation = DeletionPropagation.Background };
        return pipeline.ExecuteAsync(
            token => item.Kind == OwnedKind.Pod
                ? clientset.Resource(Resources.Pods).DeleteIfExistsAsync(key, precondition, token)
                : clientset.Resource(Resources.ConfigMaps).DeleteIfExistsAsync(key, precondition, token),
            cancellationToken);
    }

    private async Task<IReadOnlyList<string>> StartAsync(MachineConfigPool pool, Plan.StartBuild start, CancellationToken cancellationToken)
    {
        var objects = new BuildObjects(options.Namespace, pool.Metadata.Name, pool.Metadata.Uid ?? string.Empty, start.Attempt, start.Inputs);
        var taken = new List<string>();

        // The build would write over a digest ConfigMap that is there already.
        var digest = new ObjectKey(options.Namespace, ObjectNames.Digest(start.Attempt.Config));
        ConfigMap? present = await pipeline.ExecuteAsync(token => clientset.Resource(Resources.ConfigMaps).FindAsync(digest, token), cancellationToken);
        if (present is not null && !IsOf(start.Attempt, pool, present.Metadata))
            taken.Add($"ConfigMap {digest}");

        foreach (ConfigMap map in (ConfigMap[])[objects.MachineConfig(), objects.RenderedContainerfile()])
        {
            if (await CreateOrFindAsync(Resources.ConfigMaps, map, start.Attempt, pool, taken, cancellationToken) is { } own)
                await RefreshAsync(own, map, cancellationToken);
        }

        if (taken.Count == 0)
            await CreateOrFindAsync(Resources.Pods, CustomPodBuilder.Pod(objects, options.BuilderImage), start.Attempt, pool, taken, cancellationToken);

        return taken;
    }

    /// <summary>An object of the name that is of this attempt was created by ourselves, perhaps by a call whose answer was lost.</summary>
    /// <returns>That object, or null if it was created now or is not ours.</returns>
    private async Task<T?> CreateOrFindAsync<T>(
        ResourceType<T> type, T value, BuildAttempt attempt, MachineConfigPool pool, List<string> taken, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            await pipeline.ExecuteAsync(token => clientset.Resource(type).CreateAsync(value, token), cancellationToken);
            return null;
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            T? present = await pipeline.ExecuteAsync(token => clientset.Resource(type).FindAsync(type.KeyOf(value), token), cancellationToken);
            if (present is null)
                throw; // It went in between: come back and create it then.

            if (IsOf(attempt, pool, present.Metadata))
                return present;

            taken.Add($"{type.Kind} {type.KeyOf(value)}");
            return null;
        }
    }

    /// <summary>The inputs may have changed since an earlier try of this attempt wrote the ConfigMap; one build is made of one state of them.</summary>
    private Task<ConfigMap> RefreshAsync(ConfigMap present, ConfigMap wanted, CancellationToken cancellationToken)
    {
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = present.Metadata.Uid },
            ["data"] = Members(wanted.Data.Select(static item => KeyValuePair.Create<string, string?>(item.Key, item.Value))),
        });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps).PatchAsync(Resources.ConfigMaps.KeyOf(present), body, token), cancellationToken);
    }

    private static bool IsOf(BuildAttempt attempt, MachineConfigPool pool, ObjectMeta metadata) =>
        BuildLabels.AreOurs(metadata.Labels)
        && metadata.Labels[BuildLabels.TargetPool] == pool.Metadata.Name
        && metadata.Labels.GetValueOrDefault(BuildLabels.BuildAttempt) == attempt.Id;

    /// <summary>The kubelet ends a pod whose deadline is over and keeps the object, with its containers' last words.</summary>
    private async Task StopAsync(OwnedObject build, CancellationToken cancellationToken)
    {
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = build.Uid },
            ["spec"] = new JsonObject { ["activeDeadlineSeconds"] = 1 },
        });
        try
        {
            await pipeline.ExecuteAsync(
                token => clientset.Resource(Resources.Pods).PatchAsync(new ObjectKey(options.Namespace, build.Name), body, token), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone is stopped.
        }
    }

    private Task<ConfigMap> ClaimAsync(MachineConfigPool pool, Plan.ClaimDigest claim, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> labels = BuildObjects.Labels(pool.Metadata.Name, claim.Attempt);
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = claim.Digest.Uid,
                ["labels"] = Members(labels.Select(static label => KeyValuePair.Create<string, string?>(label.Key, label.Value))),
            },
        });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps).PatchAsync(new ObjectKey(options.Namespace, claim.Digest.Name), body, token), cancellationToken);
    }

    private static JsonObject Precondition(MachineConfigPool pool) => new() { ["resourceVersion"] = pool.Metadata.ResourceVersion };

    private static JsonObject Members(IEnumerable<KeyValuePair<string, string?>> values) =>
        new(values.Select(static item => KeyValuePair.Create<string, JsonNode?>(item.Key, item.Value)));
}
