using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>Sets hold no value twice, and maps no key.</summary>
internal static class ListRules
{
    public static void Validate(JsonNode? value, SchemaNode? schema, string path, FieldErrors errors)
    {
        switch (value)
        {
            case JsonObject members when schema is not null:
                foreach ((string name, JsonNode? member) in members)
                {
                    string place = schema.Properties.ContainsKey(name) ? (path.Length == 0 ? name : $"{path}.{name}") : $"{path}[{name}]";
                    Validate(member, schema.Member(name), place, errors);
                }

                break;
            case JsonArray items when schema is not null:
                if (schema.List != ListKind.Atomic)
                    CheckUnique(items, schema, path, errors);

                for (int i = 0; i < items.Count; i++)
                    Validate(items[i], schema.Items, $"{path}[{i}]", errors);

                break;
        }
    }

    /// <summary>The members that tell an item of a list apart from the others; those that it lacks are left out.</summary>
    public static JsonObject KeyOf(JsonObject? item, SchemaNode list)
    {
        var key = new JsonObject();
        foreach (string member in list.MapKeys)
        {
            if (item is not null && item.TryGetPropertyValue(member, out JsonNode? value))
                key[member] = value?.DeepClone();
        }

        return key;
    }

    private static void CheckUnique(JsonArray items, SchemaNode schema, string path, FieldErrors errors)
    {
        var seen = new Dictionary<string, int>();
        for (int i = 0; i < items.Count; i++)
        {
            if (schema.List == ListKind.Map && items[i] is not (null or JsonObject))
            {
                errors.InvalidLiteral($"{path}[{i}]", FieldErrors.Shown(items[i]), "must be an object for an array of list-type map");
                return;
            }

            string identity = schema.List == ListKind.Map ? KeyOf(items[i] as JsonObject, schema).ToJsonString() : items[i]?.ToJsonString() ?? "null";
            int times = seen.GetValueOrDefault(identity);
            seen[identity] = times + 1;

            // A server names the second appearance only.
            if (times == 1)
                errors.DuplicateLiteral($"{path}[{i}]", identity);
        }
    }
}
