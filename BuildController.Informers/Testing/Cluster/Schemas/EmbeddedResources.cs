using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>Objects within objects: they say what they are, and their metadata is metadata.</summary>
internal static class EmbeddedResources
{
    /// <summary>Prunes the metadata of what is embedded.</summary>
    /// <param name="value">The value, which is no embedded object itself if <paramref name="isRoot"/>.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="isRoot">Whether it is the object whose metadata has been seen to.</param>
    /// <param name="unknown">Gets the paths of what was taken out.</param>
    /// <exception cref="FormatException">The metadata cannot be read.</exception>
    public static void Coerce(JsonNode? value, SchemaNode? schema, string path, bool isRoot, List<string> unknown)
    {
        switch (value)
        {
            case JsonObject members when schema is not null:
                if (schema.IsEmbeddedResource && !isRoot)
                    CoerceMetadata(members, path, unknown);

                foreach ((string name, JsonNode? member) in members)
                    Coerce(member, schema.Member(name), path.Length == 0 ? name : $"{path}.{name}", isRoot: false, unknown);

                break;
            case JsonArray items when schema is not null:
                for (int i = 0; i < items.Count; i++)
                    Coerce(items[i], schema.Items, $"{path}[{i}]", isRoot: false, unknown);

                break;
        }
    }

    public static void Validate(JsonNode? value, SchemaNode? schema, string path, bool isRoot, FieldErrors errors)
    {
        switch (value)
        {
            case JsonObject members when schema is not null:
                if (schema.IsEmbeddedResource && !isRoot)
                    ValidateHeader(members, path, errors);

                foreach ((string name, JsonNode? member) in members)
                    Validate(member, schema.Member(name), path.Length == 0 ? name : $"{path}.{name}", isRoot: false, errors);

                break;
            case JsonArray items when schema is not null:
                for (int i = 0; i < items.Count; i++)
                    Validate(items[i], schema.Items, $"{path}[{i}]", isRoot: false, errors);

                break;
        }
    }

    private static void CoerceMetadata(JsonObject members, string path, List<string> unknown)
    {
        if (members["metadata"] is not { } found)
            return;

        if (found is not JsonObject metadata)
            throw new FormatException($"{path}.metadata: Invalid value: {FieldErrors.Shown(found)}: must be an object");

        try
        {
            metadata.Deserialize(ApiJsonContext.Default.ObjectMeta);
        }
        catch (JsonException error)
        {
            throw new FormatException($"{path}.metadata: {error.Message}");
        }

        unknown.AddRange(MetadataFields.Prune(metadata, $"{path}.metadata"));
    }

    private static void ValidateHeader(JsonObject members, string path, FieldErrors errors)
    {
        foreach (string name in new[] { "apiVersion", "kind" })
        {
            if (!members.ContainsKey(name))
                errors.Required($"{path}.{name}", "must not be empty");
            else if (members.Text(name) is not { } text)
                errors.InvalidLiteral($"{path}.{name}", FieldErrors.Shown(members[name]), "must be a string");
            else if (text.Length == 0)
                errors.Invalid($"{path}.{name}", text, "must not be empty");
            else if (name == "apiVersion" && text.Count(static one => one == '/') > 1)
                errors.Invalid($"{path}.{name}", text, $"unexpected GroupVersion string: {text}");
            else if (name == "kind" && Names.CheckDns1035(text.ToLowerInvariant()).ToArray() is { Length: > 0 } complaints)
                errors.Invalid($"{path}.{name}", text, $"may have mixed case, but should otherwise match: {string.Join(',', complaints)}");
        }

        if (members.Object("metadata") is { } metadata && metadata.Deserialize(ApiJsonContext.Default.ObjectMeta) is { } decoded)
            MetadataRules.ValidateParts(decoded, $"{path}.metadata", errors);
    }
}
