using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// Puts objects into the store as they would be found there, not as a client may create them: with their status, identity, generation
/// and times, those that are being deleted among them. What they leave open is filled in as for a new object.
/// </summary>
internal sealed class ObjectSeeder(ClusterState state, ObjectWriter writer)
{
    private static readonly string[] SystemFields = ["uid", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];
    private static readonly WriteOptions Rehearsal = new() { DryRun = true };

    /// <summary>One object, and its namespace if that is missing.</summary>
    /// <exception cref="ArgumentException">There can be no such object in a cluster.</exception>
    public StoredObject Seed(ResourceDefinition type, JsonObject body)
    {
        JsonObject given = body.Copy();
        JsonObject metadata = given.Ensure("metadata");
        metadata.Remove("resourceVersion");
        string? @namespace = type.IsNamespaced ? metadata.Text("namespace") : null;
        if (@namespace is not null && state.Namespace(@namespace) is null)
            writer.Create(CoreResources.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = @namespace } }, new WriteOptions());

        // Everything that is checked of a new object is checked of this one.
        JsonObject root = writer.Create(type, @namespace, given, Rehearsal).ToJson();
        foreach (string field in SystemFields)
        {
            if (metadata[field] is not null)
                root.Ensure("metadata").TakeFrom(field, metadata);
        }

        if (given["status"] is not null)
            root.TakeFrom("status", given);

        Check(type, root.Ensure("metadata"));
        return state.Insert(state.StoreOf(type), root);
    }

    private void Check(ResourceDefinition type, JsonObject metadata)
    {
        string what = $"{type.Kind} {metadata.Text("name")}";
        if (state.FindUid(metadata.Text("uid")!) is { } other)
            throw new ArgumentException($"{what} has the UID of {other.Type.Kind} {other.Key.Name}: each object needs its own. Leave it out to get a new one.");

        bool isHeld = metadata.Array("finalizers") is { Count: > 0 } || metadata.Number("deletionGracePeriodSeconds") > 0;
        if (metadata["deletionTimestamp"] is not null && !isHeld)
            throw new ArgumentException($"{what} is being deleted, but nothing holds it back: it would be gone. Give it a finalizer, or a pod a grace period.");
    }
}
