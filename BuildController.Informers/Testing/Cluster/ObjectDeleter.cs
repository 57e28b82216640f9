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

    /// <summary>Whether the object is one of the namespaces that always are.</summary>
    public static bool IsProtected(StoredObject value) => value.Type.Rules is NamespaceRules && ProtectedNamespaces.Contains(value.Key.Name);

    /// <param name="current">The object.</param>
    /// <param name="options">Preconditions, grace and propagation.</param>
    /// <param name="gone">Whether it is still there.</param>
    /// <param name="dryRun">Whether to do everything but that.</param>
    /// <returns>The object as the call leaves it.</returns>
    public StoredObject Delete(StoredObject current, DeleteOptions options, out bool gone, bool dryRun = false)
    {
        CheckPreconditions(current, options);
        bool isNamespace = current.Type.Rules is NamespaceRules;
        if (IsProtected(current))
            throw ServerErrors.Forbidden(current.Type, current.Key.Name, "this namespace may not be deleted");

        JsonObject root = current.ToJson();
        JsonObject metadata = root.Ensure("metadata");
        long? grace = current.Type.Rules.GracePeriod(root, options.GracePeriod);
        if (IsPending(current, grace is null ? null : options.GracePeriod))
        {
            gone = false;
            return current;
        }

        SetFinalizers(metadata, FinalizersFor(current, options.Propagation));
        if (current.IsDeleting)
            Hasten(current, metadata, grace is null ? null : (long?)options.GracePeriod?.TotalSeconds);
        else
            Mark(root, metadata, grace ?? 0, isNamespace);

        if (!current.IsDeleting)
            current.Type.Rules.PrepareForDelete(root, state.Now);

        gone = !isNamespace && metadata.Array("finalizers") is not { Count: > 0 } && metadata.Number("deletionGracePeriodSeconds") is null or 0;
        if (dryRun)
            return StoredObject.From(current.Store, root, current.Version);

        // What may take its time is marked first, even if it takes none: its watchers see it go in two steps.
        if (gone && grace is null)
            return state.Remove(current);

        StoredObject marked = JsonNode.DeepEquals(root, current.ToJson()) ? current : state.Update(current, root);
        return gone ? state.Remove(marked) : marked;
    }

    /// <summary>While a grace period runs, a deletion can be made faster and nothing else.</summary>
    private static bool IsPending(StoredObject current, TimeSpan? asked) =>
        current.IsDeleting && current.Metadata.DeletionGracePeriodSeconds is > 0 and var left && !(asked?.TotalSeconds < left);

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

    private static void Hasten(StoredObject current, JsonObject metadata, long? grace)
    {
        if (grace is not { } asked || current.Metadata.DeletionGracePeriodSeconds is not { } present || asked >= present)
            return;

        metadata["deletionTimestamp"] = Json.Time(current.Metadata.DeletionTimestamp!.Value.AddSeconds(asked - present));
        metadata["deletionGracePeriodSeconds"] = asked;
    }

    private static void SetFinalizers(JsonObject metadata, string[] finalizers)
    {
        if (finalizers.Length > 0)
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(static one => JsonValue.Create(one))]);
        else
            metadata.Remove("finalizers");
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
