using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>A default is a value that the schema itself would take, and would not prune.</summary>
internal sealed class DefaultRules(FieldErrors errors)
{
    public void Check(JsonObject schema, string path, bool isRoot, bool inMetadata)
    {
        if (schema["default"] is { } value && !inMetadata)
            CheckValue(value, SchemaReader.Read(schema), $"{path}.default");

        if (schema.Object("items") is { } items)
            Check(items, $"{path}.items", isRoot: false, inMetadata);

        bool isResource = isRoot || schema.Flag("x-kubernetes-embedded-resource");
        foreach ((string name, JsonNode? property) in schema.Object("properties") ?? [])
        {
            if (property is JsonObject known)
                Check(known, $"{path}.properties[{name}]", isRoot: false, inMetadata || (isResource && name is "apiVersion" or "kind" or "metadata"));
        }
    }

    private void CheckValue(JsonNode value, SchemaNode schema, string path)
    {
        JsonNode pruned = value.DeepClone();
        Pruner.PruneValue(pruned, schema);
        if (!JsonNode.DeepEquals(pruned, value))
            errors.InvalidLiteral(path, FieldErrors.Shown(value), "must not have unknown fields");
        else
            SchemaValidator.Validate(value, schema, path, errors);
    }
}
