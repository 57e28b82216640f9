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
    private readonly BuildStarter starter = new(clientset, pipeline, options);

    /// <exception cref="ApiException">A call failed; a conflict asks for a new observation.</exception>
    public async Task<StepResult> ExecuteAsync(Plan plan, MachineConfigPool? pool, CancellationToken cancellationToken)
    {
        switch (plan)
        {
            case Plan.PatchPool patch:
                return new StepResult { Pool = await PatchPoolAsync(pool!, patch.Change, cancellationToken) };
            case Plan.PatchConditions patch:
                return new StepResult { Pool = await PatchConditionsAsync(pool!, patch, cancellationToken) };
            case Plan.DeleteObjects delete:
                foreach (OwnedObject item in delete.Objects)
                    await DeleteAsync(item, cancellationToken);
                return StepResult.Done;
            case Plan.StartBuild start:
                return new StepResult { TakenNames = await starter.StartAsync(pool!, start, cancellationToken) };
            case Plan.ClaimDigest claim:
                await ClaimAsync(pool!, claim, cancellationToken);
                return StepResult.Done;
            case Plan.StopBuild stop:
                await StopAsync(stop.Build, cancellationToken);
                return StepResult.Done;
            default:
                return StepResult.Done;
        }
    }

    private Task<MachineConfigPool> PatchPoolAsync(MachineConfigPool pool, PoolChange change, CancellationToken cancellationToken)
    {
        JsonObject metadata = Precondition(pool);
        Dictionary<string, string?> annotations = change.Annotations();
        if (annotations.Count > 0)
            metadata["annotations"] = JsonMembers.Of(annotations);

        if (change.RemovedLabels.Count > 0)
            metadata["labels"] = JsonMembers.Of(change.RemovedLabels.Select(static label => KeyValuePair.Create<string, string?>(label, null)));

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
            ["lastTransitionTime"] = condition.LastTransitionTime is { } time ? Rfc3339.Format(time) : null,
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
        // What a Build made must be gone before it is: the next Build needs the name of its pod.
        DeletionPropagation propagation = item.Kind == OwnedKind.Build ? DeletionPropagation.Foreground : DeletionPropagation.Background;
        var key = new ObjectKey(options.Namespace, item.Name);
        var precondition = new DeleteOptions { Uid = item.Uid, Propagation = propagation };
        return pipeline.ExecuteAsync(
            token => item.Kind switch
            {
                OwnedKind.Pod => clientset.Resource(Resources.Pods).DeleteIfExistsAsync(key, precondition, token),
                OwnedKind.Build => clientset.Resource(Resources.Builds).DeleteIfExistsAsync(key, precondition, token),
                _ => clientset.Resource(Resources.ConfigMaps).DeleteIfExistsAsync(key, precondition, token),
            },
            cancellationToken);
    }

    private async Task StopAsync(OwnedObject build, CancellationToken cancellationToken)
    {
        try
        {
            await (build.Kind == OwnedKind.Build ? CancelBuildAsync(build, cancellationToken) : EndPodAsync(build, cancellationToken));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone is stopped.
        }
    }

    /// <summary>The kubelet ends a pod whose deadline is over and keeps the object, with its containers' last words.</summary>
    private Task<Pod> EndPodAsync(OwnedObject build, CancellationToken cancellationToken)
    {
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = build.Uid },
            ["spec"] = new JsonObject { ["activeDeadlineSeconds"] = 1 },
        });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.Pods).PatchAsync(new ObjectKey(options.Namespace, build.Name), body, token), cancellationToken);
    }

    /// <summary>What <c>oc cancel-build</c> does. OpenShift's API takes the status with the object; a custom resource may keep it apart.</summary>
    private async Task CancelBuildAsync(OwnedObject build, CancellationToken cancellationToken)
    {
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = build.Uid },
            ["status"] = new JsonObject { ["cancelled"] = true },
        });
        var key = new ObjectKey(options.Namespace, build.Name);
        Build patched = await pipeline.ExecuteAsync(token => clientset.Resource(Resources.Builds).PatchAsync(key, body, token), cancellationToken);
        if (!patched.Status.Cancelled)
            await pipeline.ExecuteAsync(token => clientset.Resource(Resources.Builds).PatchStatusAsync(key, body, token), cancellationToken);
    }

    private Task<ConfigMap> ClaimAsync(MachineConfigPool pool, Plan.ClaimDigest claim, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> labels = BuildObjects.Labels(pool.Metadata.Name, claim.Attempt);
        Patch body = Patch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = claim.Digest.Uid,
                ["labels"] = JsonMembers.Of(labels.Select(static label => KeyValuePair.Create<string, string?>(label.Key, label.Value))),
            },
        });
        return pipeline.ExecuteAsync(
            token => clientset.Resource(Resources.ConfigMaps).PatchAsync(new ObjectKey(options.Namespace, claim.Digest.Name), body, token), cancellationToken);
    }

    private static JsonObject Precondition(MachineConfigPool pool) => new() { ["resourceVersion"] = pool.Metadata.ResourceVersion };
}
