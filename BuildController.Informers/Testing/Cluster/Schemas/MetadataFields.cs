using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>The fields of metadata: a server keeps no others, whatever the kind.</summary>
internal static class MetadataFields
{
    private static readonly string[] HeaderNames = ["apiVersion", "kind", "metadata"];

    private static readonly SchemaNode Schema = new()
    {
        Type = "object",
        Properties = new Dictionary<string, SchemaNode>
        {
            ["name"] = CoreSchemas.Text,
            ["generateName"] = CoreSchemas.Text,
            ["namespace"] = CoreSchemas.Text,
            ["selfLink"] = CoreSchemas.Text,
            ["uid"] = CoreSchemas.Text,
            ["resourceVersion"] = CoreSchemas.Text,
            ["generation"] = CoreSchemas.Whole,
            ["creationTimestamp"] = CoreSchemas.Text,
            ["deletionTimestamp"] = CoreSchemas.Text,
            ["deletionGracePeriodSeconds"] = CoreSchemas.Whole,
            ["labels"] = CoreSchemas.Texts,
            ["annotations"] = CoreSchemas.Texts,
            ["ownerReferences"] = CoreSchemas.Map(["uid"], CoreSchemas.AtomicObject(
                ("apiVersion", CoreSchemas.Text), ("kind", CoreSchemas.Text), ("name", CoreSchemas.Text), ("uid", CoreSchemas.Text),
                ("controller", CoreSchemas.Truth), ("blockOwnerDeletion", CoreSchemas.Truth))),
            ["finalizers"] = CoreSchemas.SetOf(CoreSchemas.Text),
            ["managedFields"] = CoreSchemas.ListOf(CoreSchemas.Anything),
        },
    };

    /// <summary>How metadata is merged, and what it holds.</summary>
    public static SchemaNode Node => Schema;

    /// <returns>The paths of what was taken out.</returns>
    public static IReadOnlyList<string> Prune(JsonObject metadata, string path) =>
        [.. Pruner.Prune(metadata, Schema).Concat(Headers(metadata)).Select(field => $"{path}.{field}")];

    /// <summary>In metadata, the words of an object's header mean nothing.</summary>
    private static string[] Headers(JsonObject metadata)
    {
        string[] found = [.. HeaderNames.Where(metadata.ContainsKey)];
        foreach (string name in found)
            metadata.Remove(name);

        return found;
    }
}
