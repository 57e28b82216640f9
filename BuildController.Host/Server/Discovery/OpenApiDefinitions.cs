using System.Text.Json.Nodes;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>
/// The schemas of the OpenAPI v2 document: one a kind, and the one of metadata, which all refer to. kubectl of before 1.27 explains kinds by them.
/// </summary>
/// <remarks>
/// What is not known of a kind is an object that may hold anything. Such a client would compute strategic merges by these schemas too, but gives
/// up at an object without fields and takes its own types then, which is what it should do.
/// </remarks>
internal static class OpenApiDefinitions
{
    /// <summary>The name of the schema of metadata, in either version of the description.</summary>
    public const string Metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    /// <summary>The schemas by their names.</summary>
    public static IEnumerable<KeyValuePair<string, JsonObject>> Of(IReadOnlyList<ResourceDefinition> types)
    {
        foreach (ResourceDefinition type in types)
            yield return new(OpenApiNames.Of(type), Kind(type));

        yield return new(Metadata, ObjectMetadata());
    }

    /// <summary>The schema of metadata, the same in either version.</summary>
    public static JsonObject ObjectMetadata() => new()
    {
        ["description"] = "What every object has.",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["name"] = Text("The name, unique in the namespace among objects of the kind."),
            ["generateName"] = Text("What a name begins with that the server is to make."),
            ["namespace"] = Text("The namespace; empty for objects of the whole cluster."),
            ["uid"] = Text("The identity of the object, which no other ever has."),
            ["resourceVersion"] = Text("The version of the object: opaque, and the precondition of a write that names it."),
            ["generation"] = new JsonObject { ["type"] = "integer", ["format"] = "int64", ["description"] = "How often the desired state has changed." },
            ["creationTimestamp"] = Time("When the object was created."),
            ["deletionTimestamp"] = Time("When the object is to go, or was asked to."),
            ["deletionGracePeriodSeconds"] = new JsonObject { ["type"] = "integer", ["format"] = "int64", ["description"] = "How long it has to stop by itself." },
            ["labels"] = Texts("By what the object is selected."),
            ["annotations"] = Texts("What else is to be kept with the object."),
            ["ownerReferences"] = Merged(Anything(string.Empty), "The objects that it goes with.", "uid"),
            ["finalizers"] = Merged(Text(string.Empty), "What must happen before it may go.", null),
            ["managedFields"] = List(Anything(string.Empty), "Who owns which fields."),
        },
    };

    private static JsonObject Kind(ResourceDefinition type)
    {
        JsonObject? own = type.Schema is { } schema ? OpenApiV2Form.Of(schema.ToJson()) : null;
        var properties = new JsonObject
        {
            ["apiVersion"] = Text($"Always {type.Resource.ApiVersion}."),
            ["kind"] = Text($"Always {type.Kind}."),
            ["metadata"] = new JsonObject { ["$ref"] = $"#/definitions/{Metadata}", ["description"] = "What every object has: its name, labels, owners, and what the server sets." },
        };
        foreach ((string name, JsonObject field) in CoreFields(type) ?? OwnFields(own) ?? CustomFields(type))
            properties.TryAdd(name, field);

        JsonObject kind = own ?? new JsonObject
        {
            ["description"] = $"{type.Kind} as the embedded cluster keeps it: every field that is written stays as it is, whether listed here or not.",
        };
        kind["type"] = "object";
        kind["properties"] = properties;
        kind["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject
        {
            ["group"] = type.Resource.Group,
            ["version"] = type.Resource.Version,
            ["kind"] = type.Kind,
        });
        return kind;
    }

    /// <summary>The fields that the schema of a custom resource names, taken out of it; null if it names none.</summary>
    private static Dictionary<string, JsonObject>? OwnFields(JsonObject? own)
    {
        if (own?["properties"] is not JsonObject properties)
            return null;

        own.Remove("properties");
        Dictionary<string, JsonObject> fields = properties.ToDictionary(static one => one.Key, static one => (JsonObject)one.Value!);
        properties.Clear();
        return fields;
    }

    private static Dictionary<string, JsonObject> CustomFields(ResourceDefinition type)
    {
        var fields = new Dictionary<string, JsonObject> { ["spec"] = Anything("What is wanted. Every field is kept.") };
        if (type.HasStatus)
            fields["status"] = Anything("What is, as controllers report it through the status subresource.");

        return fields;
    }

    /// <summary>The fields of the core kinds that are no spec and no status.</summary>
    private static Dictionary<string, JsonObject>? CoreFields(ResourceDefinition type) => (type.Resource.Group, type.Resource.Plural) switch
    {
        ("", "configmaps") => new()
        {
            ["data"] = Texts("The values, as text."),
            ["binaryData"] = Texts("The values that are no text, in base64."),
            ["immutable"] = Flag("Whether the values may not be changed any more."),
        },
        ("", "secrets") => new()
        {
            ["data"] = Texts("The values, in base64."),
            ["stringData"] = Texts("Values as text, for writing only: they become data."),
            ["type"] = Text("What the secret is for, for example kubernetes.io/dockerconfigjson."),
            ["immutable"] = Flag("Whether the values may not be changed any more."),
        },
        ("", "serviceaccounts") => new()
        {
            ["automountServiceAccountToken"] = Flag("Whether pods get a token."),
            ["secrets"] = Merged(Anything(string.Empty), "The secrets that its pods may use.", "name"),
            ["imagePullSecrets"] = List(Anything(string.Empty), "The secrets for pulling images."),
        },
        ("", "events") => new()
        {
            ["involvedObject"] = Anything("The object that the event is about."),
            ["type"] = Text("Normal or Warning."),
            ["reason"] = Text("Why, in one word."),
            ["message"] = Text("What happened, in a sentence."),
            ["count"] = new JsonObject { ["type"] = "integer", ["format"] = "int32", ["description"] = "How often." },
            ["firstTimestamp"] = Time("When it happened first."),
            ["lastTimestamp"] = Time("When it happened last."),
            ["eventTime"] = Time("When it happened, exactly."),
            ["source"] = Anything("Who tells it."),
            ["series"] = Anything("How often it happened, for events of a series."),
            ["action"] = Text("What was done."),
            ["related"] = Anything("Another object that plays a part."),
            ["reportingComponent"] = Text("Who tells it."),
            ["reportingInstance"] = Text("Which instance of who tells it."),
        },
        _ => null,
    };

    private static JsonObject Text(string description) => Of("string", description);

    private static JsonObject Flag(string description) => Of("boolean", description);

    private static JsonObject Anything(string description) => Of("object", description);

    private static JsonObject Time(string description) => new() { ["type"] = "string", ["format"] = "date-time", ["description"] = description };

    private static JsonObject Texts(string description) =>
        new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" }, ["description"] = description };

    private static JsonObject List(JsonObject items, string description) => new() { ["type"] = "array", ["items"] = items, ["description"] = description };

    /// <summary>A list whose items a strategic merge tells apart by a key or, without one, by their values.</summary>
    private static JsonObject Merged(JsonObject items, string description, string? key)
    {
        JsonObject list = List(items, description);
        list["x-kubernetes-patch-strategy"] = "merge";
        if (key is not null)
            list["x-kubernetes-patch-merge-key"] = key;

        return list;
    }

    private static JsonObject Of(string type, string description)
    {
        var schema = new JsonObject { ["type"] = type };
        if (description.Length > 0)
            schema["description"] = description;

        return schema;
    }
}
