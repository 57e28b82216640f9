using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>Fills in the defaults of a schema, and drops nulls where the schema has no place for them.</summary>
internal static class Defaulter
{
    public static void Apply(JsonNode? value, SchemaNode? schema)
    {
        if (schema is null)
            return;

        switch (value)
        {
            case JsonObject members:
                foreach ((string name, SchemaNode property) in schema.Properties)
                {
                    if (property.Default is not null && (!members.TryGetPropertyValue(name, out JsonNode? present) || (present is null && !property.Nullable)))
                        members[name] = property.Default.DeepClone();
                }

                foreach ((string name, JsonNode? present) in members.ToArray())
                {
                    SchemaNode? member = schema.Member(name);
                    if (present is null && member is { Nullable: false, Default: not null })
                        members[name] = member.Default.DeepClone();

                    Apply(members[name], member);
                }

                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    if (items[i] is null && schema.Items is { Nullable: false, Default: not null })
                        items[i] = schema.Items.Default.DeepClone();

                    Apply(items[i], schema.Items);
                }

                break;
        }
    }

    /// <summary>A null is as good as nothing where it can neither be kept nor be replaced by a default.</summary>
    public static void DropNulls(JsonNode? value, SchemaNode? schema)
    {
        switch (value)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? member) in members.ToArray())
                {
                    SchemaNode? known = schema?.Member(name);
                    if (member is null && known is { Nullable: false, Default: null })
                        members.Remove(name);
                    else
                        DropNulls(member, known);
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                    DropNulls(item, schema?.Items);

                break;
        }
    }
}
