using static BuildController.Informers.Testing.Cluster.Schemas.CoreSchemas;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>The schema of CustomResourceDefinitions, with the schema of schemas in it.</summary>
internal static class DefinitionSchema
{
    private static readonly SchemaNode Names = Object(
        ("plural", Text), ("singular", Text), ("shortNames", ListOf(Text)), ("kind", Text), ("listKind", Text), ("categories", ListOf(Text)));

    public static SchemaNode Node { get; } = Make();

    private static SchemaNode Make()
    {
        // A schema holds schemas: the dictionary is filled in once the node that carries it exists.
        var members = new Dictionary<string, SchemaNode>();
        var schema = new SchemaNode { Type = "object", Properties = members };
        Fill(members, schema);

        SchemaNode version = Object(
            ("name", Text), ("served", Truth), ("storage", Truth), ("deprecated", Truth), ("deprecationWarning", Text),
            ("schema", Object(("openAPIV3Schema", schema))),
            ("subresources", Object(
                ("status", Object()),
                ("scale", Object(("specReplicasPath", Text), ("statusReplicasPath", Text), ("labelSelectorPath", Text))))),
            ("additionalPrinterColumns", ListOf(Object(
                ("name", Text), ("type", Text), ("format", Text), ("description", Text), ("priority", Whole), ("jsonPath", Text)))),
            ("selectableFields", ListOf(Object(("jsonPath", Text)))));
        return Kind(
            ("spec", Object(
                ("group", Text), ("names", Names), ("scope", Text), ("versions", ListOf(version)),
                ("conversion", Object(("strategy", Text), ("webhook", Anything))), ("preserveUnknownFields", Truth))),
            ("status", Object(
                ("conditions", Map(["type"], Object(("type", Text), ("status", Text), ("reason", Text), ("message", Text), ("lastTransitionTime", Text)))),
                ("acceptedNames", Names), ("storedVersions", ListOf(Text)))));
    }

    private static void Fill(Dictionary<string, SchemaNode> members, SchemaNode schema)
    {
        SchemaNode number = new() { Type = "number" }, schemas = new() { Type = "object", HasAdditional = true, Additional = schema };
        foreach (string name in new[] { "id", "$schema", "$ref", "description", "type", "format", "title", "pattern", "x-kubernetes-list-type", "x-kubernetes-map-type" })
            members[name] = Text;

        foreach (string name in new[] { "exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string" })
            members[name] = Truth;

        foreach (string name in new[] { "maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties" })
            members[name] = Whole;

        foreach (string name in new[] { "maximum", "minimum", "multipleOf" })
            members[name] = number;

        foreach (string name in new[] { "default", "example", "externalDocs", "additionalItems", "dependencies" })
            members[name] = Anything;

        foreach (string name in new[] { "required", "x-kubernetes-list-map-keys" })
            members[name] = ListOf(Text);

        foreach (string name in new[] { "allOf", "anyOf", "oneOf" })
            members[name] = ListOf(schema);

        foreach (string name in new[] { "properties", "patternProperties", "definitions" })
            members[name] = schemas;

        // Both may be a schema or something else: what they hold is looked at by the rules for schemas.
        members["items"] = Anything;
        members["additionalProperties"] = Anything;
        members["not"] = schema;
        members["enum"] = ListOf(Anything);
        members["x-kubernetes-validations"] = ListOf(OpenObject());
    }
}
