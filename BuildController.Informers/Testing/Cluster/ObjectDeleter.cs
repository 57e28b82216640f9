using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Asks objects to go: at once, after their grace period, or when the last finalizer is removed.</summary>
internal sealed class ObjectDeleter(ClusterState state)
{
    public const string Orphan = "orphan";
    public const string Foreground = "foregroundDeletion";

    private static readonly string[] ProtectedNamespaces = ["default", "kube-system", "kube-public"];

    /// <returns>The object as the call leaves it; <paramref name="gone"/> tells whether it is still there.</returns>
    public StoredObject Delete(StoredObject current, DeleteOptions options, out bool gone)
    {
        CheckPreconditions(current, options);
        bool isNamespace = current.Type.Rules is NamespaceRules;
        if (isNamespace && ProtectedNamespaces.Contains(current.Key.Name))
            throw ServerErrors.Forbidden(current.Type, current.Key.Name, "this namespace may not be deleted");

        JsonObject root = current.ToJson();
        JsonObject metadata = root.Ensure("metadata");
        string[] finalizers = FinalizersFor(current, options.Propagation);
        long? grace = current.Type.Rules.GracePeriod(root, options.GracePeriod);
        if (current.IsDeleting)
            Hasten(current, metadata, options.GracePeriod is null ? null : grace);
        else
            Mark(root, metadata, grace ?? 0, isNamespace);

        gone = !isNamespace && finalizers.Length == 0 && metadata.Number("deletionGracePeriodSeconds") is null or 0;
        if (gone)
            return state.Remove(current);

        if (finalizers.Length > 0)
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(static one => JsonValue.Create(one))]);
        else
            metadata.Remove("finalizers");

        return JsonNode.DeepEquals(root, current.ToJson()) ? current : state.Update(current, root);
    }

    private void Mark(JsonObject root, JsonObject metadata, long grace, bool isNamespace)
    {
        metadata["deletionTimestamp"] = Json.Time(state.Runtime.Time.GetUtcNow().AddSeconds(grace));
        if (metadata.Number("generation") is > 0 and var generation)
            metadata["generation"] = generation + 1;

        if (isNamespace)
            root.Ensure("status")["phase"] = "Terminating";
        else
            metadata["deletionGracePeriodSeconds"] = grace;
    }

    /// <summary>A deletion that is under way can be made faster, never slower.</summary>
    private static void Hasten(StoredObject current, JsonObject metadata, long? grace)
    {
        if (grace is not { } asked || current.Metadata.DeletionGracePeriodSeconds is not { } present || asked >= present)
            return;

        metadata["deletionTimestamp"] = Json.Time(current.Metadata.DeletionTimestamp!.Value.AddSeconds(asked - present));
        metadata["deletionGracePeriodSeconds"] = asked;
    }

    private static string[] FinalizersFor(StoredObject current, DeletionPropagation? propagation)
    {
        if (propagation is not { } asked)
            return [.. current.Metadata.Finalizers];

        IEnumerable<string> others = current.Metadata.Finalizers.Where(static one => one is not (Orphan or Foreground));
        return asked switch
        {
            DeletionPropagation.Orphan => [.. others, Orphan],
            DeletionPropagation.Foreground => [.. others, Foreground],
            _ => [.. others],
        };
    }

    private static void CheckPreconditions(StoredObject current, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != current.Uid)
        {
            throw ServerErrors.Conflict(current.Type, current.Key.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({current.Uid}). The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion is { } version && version != current.Metadata.ResourceVersion)
        {
            throw ServerErrors.Conflict(current.Type, current.Key.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({current.Metadata.ResourceVersion}). The object might have been modified");
        }
    }
}
