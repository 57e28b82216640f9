using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>Reads a schema that has been found to be in order; what it does not know it passes over.</summary>
internal static class SchemaReader
{
    public static SchemaNode Read(JsonObject json)
    {
        JsonObject? additional = json.Object("additionalProperties");
        string? pattern = json.Text("pattern");
        bool intOrString = json.Flag("x-kubernetes-int-or-string");
        return new SchemaNode
        {
            Type = json.Text("type") is { Length: > 0 } type ? type : null,
            Format = json.Text("format"),
            Properties = (json.Object("properties") ?? []).Where(static member => member.Value is JsonObject)
                .ToDictionary(static member => member.Key, static member => Read((JsonObject)member.Value!)),
            HasAdditional = json["additionalProperties"] is not null,
            Additional = additional is null ? null : Read(additional),
            ForbidsAdditional = json["additionalProperties"] is JsonValue value && value.TryGetValue(out bool allowed) && !allowed,
            Items = json.Object("items") is { } items ? Read(items) : null,
            Default = json["default"]?.DeepClone(),
            Nullable = json.Flag("nullable"),
            PreservesUnknownFields = json.Flag("x-kubernetes-preserve-unknown-fields"),
            IsIntOrString = intOrString,
            IsEmbeddedResource = json.Flag("x-kubernetes-embedded-resource"),
            List = json.Text("x-kubernetes-list-type") switch { "set" => ListKind.Set, "map" => ListKind.Map, _ => ListKind.Atomic },
            MapKeys = Texts(json, "x-kubernetes-list-map-keys"),
            IsAtomicMap = json.Text("x-kubernetes-map-type") == "atomic",
            Required = Texts(json, "required"),
            Enum = json.Array("enum")?.DeepClone() as JsonArray,
            Pattern = pattern,
            PatternRegex = string.IsNullOrEmpty(pattern) ? null : GoPattern.Parse(pattern),
            Minimum = Real(json, "minimum"),
            Maximum = Real(json, "maximum"),
            ExclusiveMinimum = json.Flag("exclusiveMinimum"),
            ExclusiveMaximum = json.Flag("exclusiveMaximum"),
            MultipleOf = Real(json, "multipleOf"),
            MinLength = json.Number("minLength"),
            MaxLength = json.Number("maxLength"),
            MinItems = json.Number("minItems"),
            MaxItems = json.Number("maxItems"),
            MinProperties = json.Number("minProperties"),
            MaxProperties = json.Number("maxProperties"),
            AllOf = Schemas(json, "allOf"),
            AnyOf = Schemas(json, "anyOf"),
            OneOf = Schemas(json, "oneOf"),
            Not = json.Object("not") is { } not ? Read(not) : null,
        };
    }

    private static double? Real(JsonObject json, string member) =>
        json[member] is JsonValue number && number.TryGetValue(out double result) ? result : null;

    private static string[] Texts(JsonObject json, string member) =>
        [.. (json.Array(member) ?? []).OfType<JsonValue>().Select(static one => one.TryGetValue(out string? text) ? text : null).OfType<string>()];

    private static SchemaNode[] Schemas(JsonObject json, string member) => [.. (json.Array(member) ?? []).OfType<JsonObject>().Select(Read)];
}
