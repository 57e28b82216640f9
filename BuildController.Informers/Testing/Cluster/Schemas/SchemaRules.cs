using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>
/// Says whether a schema may stand in a definition: what apiextensions understands of OpenAPI, and whether it is structural, so that fields
/// can be pruned and defaulted.
/// </summary>
internal sealed class SchemaRules(FieldErrors errors)
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] Unsupported = ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"];
    private static readonly string[] Junctions = ["allOf", "anyOf", "oneOf"];

    private enum Level
    {
        Root,
        Item,
        Field,
    }

    public static FieldErrors Check(JsonObject schema, string path)
    {
        var errors = new FieldErrors();
        var rules = new SchemaRules(errors);
        rules.CheckStructure(schema, Level.Root, path);
        rules.CheckComplete(schema, schema, path, path);
        rules.CheckDialect(schema, path, Level.Root, defaultsForbidden: null);
        if (schema.Flag("nullable"))
            errors.Forbidden($"{path}.nullable", "nullable cannot be true at the root");

        if (errors.IsEmpty)
            new DefaultRules(errors).Check(schema, path, isRoot: true, inMetadata: false);

        return errors;
    }

    private static IEnumerable<(string Name, JsonObject Schema)> Properties(JsonObject schema) =>
        (schema.Object("properties") ?? []).Where(static member => member.Value is JsonObject).Select(static member => (member.Key, (JsonObject)member.Value!));

    private static string Property(string path, string name) => $"{path}.properties[{name}]";

    private static IEnumerable<(string Path, JsonObject Schema)> Junction(JsonObject schema, string path) =>
        Junctions.SelectMany(name => (schema.Array(name) ?? []).OfType<JsonObject>().Select((one, i) => ($"{path}.{name}[{i}]", one)))
            .Concat(schema.Object("not") is { } not ? [($"{path}.not", not)] : []);

    private static bool IsHeader(string name) => name is "apiVersion" or "kind" or "metadata";

    /// <summary>Everything that decides about the form of an object stands outside of the junctions.</summary>
    private void CheckStructure(JsonObject schema, Level level, string path)
    {
        string type = schema.Text("type") ?? string.Empty;
        bool intOrString = schema.Flag("x-kubernetes-int-or-string"), keeps = schema.Flag("x-kubernetes-preserve-unknown-fields");
        bool embedded = schema.Flag("x-kubernetes-embedded-resource");
        if (schema.Object("items") is { } items)
            CheckStructure(items, Level.Item, $"{path}.items");
        else if (type == "array")
            errors.Required($"{path}.items", "must be specified");

        foreach ((string name, JsonObject property) in Properties(schema))
            CheckStructure(property, Level.Field, Property(path, name));

        if (schema.Object("additionalProperties") is { } additional)
            CheckStructure(additional, Level.Field, $"{path}.additionalProperties");

        if (level == Level.Root && schema["additionalProperties"] is not null)
            errors.Forbidden($"{path}.additionalProperties", "must not be used at the root");

        if (intOrString && keeps)
            errors.InvalidLiteral($"{path}.x-kubernetes-preserve-unknown-fields", "true", "must be false if x-kubernetes-int-or-string is true");

        if (intOrString && embedded)
            errors.InvalidLiteral($"{path}.x-kubernetes-embedded-resource", "true", "must be false if x-kubernetes-int-or-string is true");

        CheckType(type, level, path, isFree: intOrString || keeps, embedded);
        if (embedded && schema["additionalProperties"] is not null)
            errors.Forbidden($"{path}.additionalProperties", "must not be used if x-kubernetes-embedded-resource is set");

        if (embedded && !keeps && !Properties(schema).Any())
            errors.Required($"{path}.properties", "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");

        CheckHeader(schema, level, path, embedded);
        CheckPattern(schema, path);
        foreach ((string place, JsonObject one) in Junction(schema, path))
        {
            if (!IsIntOrStringJunction(schema, one, intOrString))
                CheckNested(one, place, isIntOrString: intOrString);
        }
    }

    private void CheckType(string type, Level level, string path, bool isFree, bool embedded)
    {
        const string Embedded = "must be object if x-kubernetes-embedded-resource is true";
        if (embedded && type != "object")
        {
            if (type.Length == 0)
                errors.Required($"{path}.type", Embedded);
            else
                errors.Invalid($"{path}.type", type, Embedded);
        }
        else if (type.Length == 0 && !isFree)
        {
            errors.Required($"{path}.type", level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            });
        }

        if (level == Level.Root && type.Length > 0 && type != "object")
            errors.Invalid($"{path}.type", type, "must be object at the root");
    }

    /// <summary>What is an object of the API has a header that is the server's.</summary>
    private void CheckHeader(JsonObject schema, Level level, string path, bool embedded)
    {
        if (level != Level.Root && !embedded)
            return;

        foreach ((string name, JsonObject property) in Properties(schema).Where(static one => IsHeader(one.Name)))
        {
            string expected = name == "metadata" ? "object" : "string", type = property.Text("type") ?? string.Empty;
            if (type != expected)
                errors.Invalid($"{Property(path, name)}.type", type, $"must be {expected}");

            bool restricts = property.Any(static member => member.Key is not ("type" or "description" or "properties"))
                || Properties(property).Any(static one => one.Name is not ("name" or "generateName"));
            if (name == "metadata" && level == Level.Root && restricts)
                errors.Forbidden(Property(path, name), "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    /// <summary>A field that may be a number or a text may say so in the old way too.</summary>
    private static bool IsIntOrStringJunction(JsonObject schema, JsonObject one, bool intOrString)
    {
        if (!intOrString)
            return false;

        JsonArray? anyOf = schema.Array("anyOf");
        return (anyOf?.Contains(one) == true && IsIntAndString(anyOf)) || (schema.Array("allOf") is [JsonObject first, ..] && first == one && IsIntAndString(first.Array("anyOf")));
    }

    private static bool IsIntAndString(JsonArray? anyOf) =>
        anyOf is [JsonObject { Count: 1 } first, JsonObject { Count: 1 } second] && first.Text("type") == "integer" && second.Text("type") == "string";

    private void CheckNested(JsonObject schema, string path, bool isIntOrString)
    {
        CheckPattern(schema, path);
        ForbidIf(schema.Text("type") is { Length: > 0 }, "type", "must be empty to be structural");
        ForbidIf(schema["additionalProperties"] is not null, "additionalProperties", "must be undefined to be structural");
        ForbidIf(schema["default"] is not null, "default", "must be undefined to be structural");
        ForbidIf(schema.Text("title") is { Length: > 0 }, "title", "must be empty to be structural");
        ForbidIf(schema.Text("description") is { Length: > 0 }, "description", "must be empty to be structural");
        ForbidIf(schema.Flag("nullable"), "nullable", "must be false to be structural");
        foreach (string flag in new[] { "preserve-unknown-fields", "embedded-resource", "int-or-string" })
            ForbidIf(schema.Flag($"x-kubernetes-{flag}"), $"x-kubernetes-{flag}", "must be false to be structural");

        ForbidIf(schema.Array("x-kubernetes-list-map-keys") is { Count: > 0 }, "x-kubernetes-list-map-keys", "must be empty to be structural");
        ForbidIf(schema["x-kubernetes-list-type"] is not null, "x-kubernetes-list-type", "must be undefined to be structural");
        ForbidIf(schema["x-kubernetes-map-type"] is not null, "x-kubernetes-map-type", "must be undefined to be structural");
        ForbidIf(schema.Array("x-kubernetes-validations") is { Count: > 0 }, "x-kubernetes-validations", "must be empty to be structural");
        if (schema.Object("items") is { } items)
            CheckNested(items, $"{path}.items", isIntOrString: false);

        foreach ((string name, JsonObject property) in Properties(schema))
        {
            if (name == "metadata")
                errors.Forbidden(Property(path, name), "must not be specified in a nested context");

            CheckNested(property, Property(path, name), isIntOrString: false);
        }

        foreach ((string place, JsonObject one) in Junction(schema, path))
        {
            if (!(isIntOrString && IsIntAndString(schema.Array("anyOf"))))
                CheckNested(one, place, isIntOrString: false);
        }

        void ForbidIf(bool wrong, string member, string why)
        {
            if (wrong)
                errors.Forbidden($"{path}.{member}", why);
        }
    }

    private void CheckPattern(JsonObject schema, string path)
    {
        if (schema.Text("pattern") is not { Length: > 0 } pattern)
            return;

        try
        {
            GoPattern.Parse(pattern);
        }
        catch (ArgumentException error)
        {
            errors.Invalid($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: {error.Message}");
        }
    }

    /// <summary>What a junction speaks of must be there outside of it.</summary>
    private void CheckComplete(JsonObject junctions, JsonObject? structure, string structurePath, string path)
    {
        foreach ((string place, JsonObject one) in Junction(junctions, path))
            CheckNestedComplete(one, structure, structurePath, place);
    }

    private void CheckNestedComplete(JsonObject nested, JsonObject? structure, string structurePath, string path)
    {
        if (structure is null)
        {
            errors.Required(structurePath, $"because it is defined in {path}");
            return;
        }

        CheckComplete(nested, structure, structurePath, path);
        if (nested.Object("items") is { } items)
            CheckNestedComplete(items, structure.Object("items"), $"{structurePath}.items", $"{path}.items");

        foreach ((string name, JsonObject property) in Properties(nested))
            CheckNestedComplete(property, structure.Object("properties")?.Object(name), Property(structurePath, name), Property(path, name));
    }

    /// <summary>What apiextensions has taken over of OpenAPI, and what it has added.</summary>
    private void CheckDialect(JsonObject schema, string path, Level level, string? defaultsForbidden)
    {
        if (schema.Text("type") is { Length: > 0 } type && !Types.Contains(type))
            errors.NotSupported($"{path}.type", type, Types);

        if (schema["default"] is not null && defaultsForbidden is not null)
            errors.Forbidden($"{path}.default", $"must not be set {defaultsForbidden}");

        foreach (string member in Unsupported.Where(member => schema[member] is not null and not JsonObject { Count: 0 }))
            errors.Forbidden($"{path}.{member}", $"{member} is not supported");

        if (schema.Flag("uniqueItems"))
            errors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");

        if (schema["items"] is JsonArray)
            errors.Forbidden($"{path}.items", "items must be a schema object and not an array");

        if (schema["additionalProperties"] is { } additional && Properties(schema).Any() && !(additional is JsonValue allowed && allowed.TryGetValue(out bool yes) && yes))
            errors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");

        if (schema["x-kubernetes-preserve-unknown-fields"] is JsonValue keeps && keeps.TryGetValue(out bool kept) && !kept)
            errors.InvalidLiteral($"{path}.x-kubernetes-preserve-unknown-fields", "false", "must be true or undefined");

        new ListSchemaRules(errors).Check(schema, path);
        foreach ((string name, JsonObject property) in Properties(schema))
        {
            bool isRootHeader = level == Level.Root && IsHeader(name);
            CheckDialect(property, Property(path, name), Level.Field, isRootHeader ? $"in top-level {name}" : defaultsForbidden);
        }

        if (schema.Object("items") is { } items)
            CheckDialect(items, $"{path}.items", Level.Item, defaultsForbidden);

        if (schema.Object("additionalProperties") is { } values)
            CheckDialect(values, $"{path}.additionalProperties", Level.Field, defaultsForbidden);

        foreach ((string place, JsonObject one) in Junction(schema, path))
            CheckDialect(one, place, Level.Field, defaultsForbidden);
    }
}
