using System.Text.Json.Nodes;

namespace BuildController.Host.Server.Discovery;

/// <summary>Brings the OpenAPI v3 schema of a custom resource into the form of v2, as far as clients use it: for explaining kinds, and to check fields.</summary>
internal static class OpenApiV2Form
{
    private static readonly string[] Texts = ["type", "format", "description"];

    /// <param name="schema">A structural schema.</param>
    /// <returns>A schema of its own, which shares nothing with the other.</returns>
    public static JsonObject Of(JsonObject schema)
    {
        var result = new JsonObject();
        foreach (string name in Texts)
        {
            if (schema[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0)
                result[name] = text;
        }

        // v2 has no null and no fields beside those that it names: a client that checks would refuse what the server takes.
        bool isOpen = Flag(schema, "nullable") || Flag(schema, "x-kubernetes-preserve-unknown-fields") || Flag(schema, "x-kubernetes-int-or-string");
        if (isOpen)
        {
            result.Remove("type");
            result.Remove("format");
        }
        else
        {
            AddChildren(schema, result);
        }

        foreach ((string name, JsonNode? value) in schema)
        {
            if (name.StartsWith("x-kubernetes-", StringComparison.Ordinal) && value is not null)
                result[name] = value.DeepClone();
        }

        return result;
    }

    private static void AddChildren(JsonObject schema, JsonObject result)
    {
        if (schema["properties"] is JsonObject properties)
            result["properties"] = new JsonObject(properties.Where(static one => one.Value is JsonObject).Select(static one => KeyValuePair.Create(one.Key, (JsonNode?)Of((JsonObject)one.Value!))));

        foreach (string name in new[] { "items", "additionalProperties" })
        {
            if (schema[name] is JsonObject child)
                result[name] = Of(child);
        }

        if (schema["required"] is JsonArray { Count: > 0 } required)
            result["required"] = required.DeepClone();
    }

    private static bool Flag(JsonObject schema, string name) => schema[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
