using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>What makes the spec of a CustomResourceDefinition valid.</summary>
internal sealed class DefinitionSpecRules(FieldErrors errors)
{
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] RootMembers =
    [
        "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems",
        "minItems", "uniqueItems", "multipleOf", "required", "items", "properties", "externalDocs", "example", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
    ];

    public void Check(JsonObject spec)
    {
        CheckGroup(spec.Text("group") ?? string.Empty);
        CheckScope(spec.Text("scope") ?? string.Empty);
        CheckNames(spec.Ensure("names"), "spec.names");
        CheckConversion(spec.Object("conversion"));
        if (spec.Flag("preserveUnknownFields"))
        {
            errors.InvalidLiteral("spec.preserveUnknownFields", "true",
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }

        JsonObject[] versions = [.. (spec.Array("versions") ?? []).OfType<JsonObject>()];
        string shown = FieldErrors.Shown(spec["versions"]);
        if (versions.DistinctBy(static version => version.Text("name")).Count() != versions.Length)
            errors.InvalidLiteral("spec.versions", shown, "must contain unique version names");

        if (versions.Count(static version => version.Flag("storage")) != 1)
            errors.InvalidLiteral("spec.versions", shown, "must have exactly one version marked as storage version");

        CheckVersions(versions);
    }

    private void CheckGroup(string group)
    {
        if (group.Length == 0)
            errors.Required("spec.group");
        else if (Names.CheckSubdomain(group).ToArray() is { Length: > 0 } complaints)
            errors.Invalid("spec.group", group, string.Join(',', complaints));
        else if (!group.Contains('.', StringComparison.Ordinal))
            errors.Invalid("spec.group", group, "should be a domain with at least one dot");
    }

    private void CheckScope(string scope)
    {
        if (scope.Length == 0)
            errors.Required("spec.scope");
        else if (scope is not ("Cluster" or "Namespaced"))
            errors.NotSupported("spec.scope", scope, "Cluster", "Namespaced");
    }

    private void CheckNames(JsonObject names, string path)
    {
        foreach (string member in new[] { "plural", "singular", "kind", "listKind" })
        {
            string name = names.Text(member) ?? string.Empty;
            bool mayBeMixed = member is "kind" or "listKind";
            if (name.Length == 0)
                errors.Required($"{path}.{member}");
            else if (Names.CheckDns1035(mayBeMixed ? name.ToLowerInvariant() : name).ToArray() is { Length: > 0 } complaints)
                errors.Invalid($"{path}.{member}", name, (mayBeMixed ? "may have mixed case, but should otherwise match: " : string.Empty) + string.Join(',', complaints));
        }

        if (names.Text("kind") is { Length: > 0 } kind && kind == names.Text("listKind"))
            errors.Invalid($"{path}.listKind", kind, "kind and listKind may not be the same");

        foreach (string member in new[] { "shortNames", "categories" })
        {
            JsonArray list = names.Array(member) ?? [];
            for (int i = 0; i < list.Count; i++)
            {
                string name = list[i]?.ToString() ?? string.Empty;
                if (Names.CheckDns1035(name).ToArray() is { Length: > 0 } complaints)
                    errors.Invalid($"{path}.{member}[{i}]", name, string.Join(',', complaints));
            }
        }
    }

    private void CheckConversion(JsonObject? conversion)
    {
        string strategy = conversion?.Text("strategy") ?? string.Empty;
        if (strategy.Length == 0)
            errors.Required("spec.conversion.strategy");
        else if (strategy is not ("None" or "Webhook"))
            errors.NotSupported("spec.conversion.strategy", strategy, "None", "Webhook");
        else if (strategy == "Webhook")
            errors.Invalid("spec.conversion.strategy", strategy, "the in-memory cluster calls no webhooks");
        else if (conversion!.ContainsKey("webhook"))
            errors.Forbidden("spec.conversion.webhookClientConfig", "should not be set when strategy is not set to Webhook");
    }

    /// <summary>What is the same in all versions, as it is with a single one, a server checks once, and under another name.</summary>
    private void CheckVersions(JsonObject[] versions)
    {
        bool sameSchema = IsSame(versions, "schema"), sameSubresources = IsSame(versions, "subresources"), sameColumns = IsSame(versions, "additionalPrinterColumns");
        for (int i = 0; i < versions.Length; i++)
        {
            string path = $"spec.versions[{i}]";
            JsonObject version = versions[i];
            string name = version.Text("name") ?? string.Empty;
            if (Names.CheckDns1035(name).ToArray() is { Length: > 0 } complaints)
                errors.Invalid($"{path}.name", name, string.Join(',', complaints));

            if (version["deprecationWarning"] is not null && !version.Flag("deprecated"))
                errors.Invalid($"{path}.deprecationWarning", version.Text("deprecationWarning") ?? string.Empty, "can only be set for deprecated versions");

            if (version.Object("schema")?.Object("openAPIV3Schema") is null)
                errors.Required($"{path}.schema.openAPIV3Schema", "schemas are required");

            if (i == 0 || !sameSchema)
                CheckSchema(version, sameSchema ? "spec.validation" : $"{path}.schema");

            if (i == 0 || !sameSubresources)
                CheckScale(version.Object("subresources")?.Object("scale"), $"{(sameSubresources ? "spec" : path)}.subresources.scale");

            if (i == 0 || !sameColumns)
                CheckColumns(version, $"{(sameColumns ? "spec" : path)}.additionalPrinterColumns");
        }
    }

    private static bool IsSame(JsonObject[] versions, string member) =>
        versions.Length > 0 && Array.TrueForAll(versions, version => JsonNode.DeepEquals(version[member], versions[0][member]));

    private void CheckSchema(JsonObject version, string path)
    {
        if (version.Object("schema")?.Object("openAPIV3Schema") is not { } schema)
            return;

        errors.Add(SchemaRules.Check(schema, $"{path}.openAPIV3Schema"));
        if (version.Object("subresources")?.Object("status") is null)
            return;

        if (schema.Any(member => member.Value is not null && !RootMembers.Contains(member.Key)))
        {
            errors.InvalidLiteral($"{path}.openAPIV3Schema", FieldErrors.Shown(schema),
                $"only [{string.Join(' ', RootMembers)}] fields are allowed at the root of the schema if the status subresource is enabled");
        }
    }

    private void CheckScale(JsonObject? scale, string path)
    {
        if (scale is null)
            return;

        CheckPath("specReplicasPath", required: true, ".spec.");
        CheckPath("statusReplicasPath", required: true, ".status.");
        CheckPath("labelSelectorPath", required: false, ".spec.", ".status.");

        void CheckPath(string member, bool required, params string[] roots)
        {
            string value = scale.Text(member) ?? string.Empty;
            if (value.Length == 0)
            {
                if (required)
                    errors.Required($"{path}.{member}");
            }
            else if (value[0] != '.')
            {
                errors.Invalid($"{path}.{member}", value, "must be a simple json path starting with .");
            }
            else if (!Array.Exists(roots, root => value.StartsWith(root, StringComparison.Ordinal)))
            {
                errors.Invalid($"{path}.{member}", value, $"should be a json path under {(roots.Length == 1 ? roots[0].TrimEnd('.') : "either .spec or .status")}");
            }
        }
    }

    private void CheckColumns(JsonObject version, string path)
    {
        JsonArray columns = version.Array("additionalPrinterColumns") ?? [];
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i] is not JsonObject column)
                continue;

            string place = $"{path}[{i}]", type = column.Text("type") ?? string.Empty, jsonPath = column.Text("jsonPath") ?? string.Empty;
            if (string.IsNullOrEmpty(column.Text("name")))
                errors.Required($"{place}.name");

            string types = $"must be one of {string.Join(',', ColumnTypes)}";
            if (type.Length == 0)
                errors.Required($"{place}.type", types);
            else if (!ColumnTypes.Contains(type))
                errors.Invalid($"{place}.type", type, types);

            if (jsonPath.Length == 0)
                errors.Required($"{place}.JSONPath");
            else if (jsonPath[0] != '.')
                errors.Invalid($"{place}.JSONPath", jsonPath, "must be a simple json path starting with .");
        }
    }
}
