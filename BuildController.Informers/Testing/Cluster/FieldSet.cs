using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// Finds the fields of objects, in the form in which objects carry them (fieldsV1): see <see cref="FieldTree"/>. The schema of the kind says
/// which lists and objects are owned item by item and which as a whole; without a schema, lists are whole and objects are not.
/// </summary>
internal sealed class FieldSet(ResourceDefinition type)
{
    private static readonly string[] Unowned =
        ["name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "managedFields", "deletionTimestamp", "deletionGracePeriodSeconds"];

    private readonly SchemaNode root = RootOf(type);

    /// <summary>The fields that an object sets.</summary>
    public JsonObject Of(JsonObject value) => Strip(Walk(value, root));

    /// <summary>The fields of the next object that the old one lacks or has with another value.</summary>
    public JsonObject Changed(JsonObject old, JsonObject next) => Strip(Differ(old, next, root) ?? []);

    /// <summary>The object with the applied fields set: lists whose items have keys are merged, others replaced.</summary>
    public JsonObject Merge(JsonObject live, JsonObject applied) => (JsonObject)Merge(live, applied, root)!;

    /// <summary>What is wrong with the lists of an applied object: items that cannot be told apart.</summary>
    public IReadOnlyList<string> Complaints(JsonObject applied)
    {
        var complaints = new List<string>();
        CheckLists(applied, root, string.Empty, complaints);
        return complaints;
    }

    /// <summary>Metadata is the same everywhere.</summary>
    private static SchemaNode RootOf(ResourceDefinition type)
    {
        var members = new Dictionary<string, SchemaNode>(type.Form?.Properties ?? new Dictionary<string, SchemaNode>()) { ["metadata"] = MetadataFields.Node };
        return new SchemaNode { Type = "object", Properties = members };
    }

    private static JsonObject Strip(JsonObject set)
    {
        set.Remove("f:apiVersion");
        set.Remove("f:kind");
        if (set.Object("f:metadata") is not { } metadata)
            return set;

        foreach (string member in Unowned)
            metadata.Remove("f:" + member);

        metadata.Remove(FieldTree.Self);
        if (metadata.Count == 0)
            set.Remove("f:metadata");

        return set;
    }

    private static JsonObject Walk(JsonNode? node, SchemaNode? schema)
    {
        var result = new JsonObject();
        if (node is JsonObject members && schema?.IsAtomicMap != true)
        {
            foreach ((string name, JsonNode? child) in members)
                result["f:" + name] = Walk(child, schema?.Member(name));
        }
        else if (node is JsonArray items && schema is { List: not ListKind.Atomic })
        {
            foreach (JsonNode? item in items)
                result[FieldTree.StepOf(item, schema)] = schema.List == ListKind.Set ? [] : FieldTree.Holding(Walk(item, schema.Items));
        }

        return result;
    }

    private static JsonObject? Differ(JsonNode? old, JsonNode? next, SchemaNode? schema)
    {
        var result = new JsonObject();
        if (old is JsonObject before && next is JsonObject members && schema?.IsAtomicMap != true)
        {
            foreach ((string name, JsonNode? child) in members)
                Collect("f:" + name, before.ContainsKey(name), before[name], child, schema?.Member(name));
        }
        else if (old is JsonArray present && next is JsonArray items && schema is { List: not ListKind.Atomic })
        {
            Dictionary<string, JsonNode?> known = [];
            foreach (JsonNode? item in present)
                known.TryAdd(FieldTree.StepOf(item, schema), item);

            foreach (JsonNode? item in items)
            {
                string step = FieldTree.StepOf(item, schema);
                Collect(step, known.TryGetValue(step, out JsonNode? match), match, item, schema.Items);
            }
        }
        else
        {
            return JsonNode.DeepEquals(old, next) ? null : Walk(next, schema);
        }

        return result.Count > 0 ? result : null;

        void Collect(string step, bool existed, JsonNode? was, JsonNode? now, SchemaNode? child)
        {
            JsonObject? change = existed ? Differ(was, now, child) : Walk(now, child);
            if (change is not null)
                result[step] = !existed && step[0] == 'k' ? FieldTree.Holding(change) : change;
        }
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? applied, SchemaNode? schema)
    {
        if (live is JsonObject before && applied is JsonObject members && schema?.IsAtomicMap != true)
        {
            JsonObject result = before.Copy();
            foreach ((string name, JsonNode? child) in members)
                result[name] = Merge(before[name], child, schema?.Member(name));

            return result;
        }

        if (live is not JsonArray present || applied is not JsonArray items || schema is null or { List: ListKind.Atomic })
            return applied?.DeepClone();

        var merged = (JsonArray)present.DeepClone();
        foreach (JsonNode? item in items)
        {
            string step = FieldTree.StepOf(item, schema);
            int place = merged.ToList().FindIndex(one => FieldTree.StepOf(one, schema) == step);
            if (place < 0)
                merged.Add(item?.DeepClone());
            else
                merged[place] = Merge(merged[place], item, schema.Items);
        }

        return merged;
    }

    private static void CheckLists(JsonNode? value, SchemaNode? schema, string path, List<string> complaints)
    {
        switch (value)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? member) in members)
                    CheckLists(member, schema?.Member(name), $"{path}.{name}", complaints);

                break;
            case JsonArray items when schema is { List: not ListKind.Atomic }:
                var seen = new HashSet<string>();
                for (int i = 0; i < items.Count; i++)
                {
                    string? missing = schema.MapKeys.FirstOrDefault(key => (items[i] as JsonObject)?.ContainsKey(key) != true && schema.Items?.Member(key)?.Default is null);
                    string step = FieldTree.StepOf(items[i], schema);
                    if (missing is not null)
                        complaints.Add($"{path}: element {i}: associative list with keys has an element that omits key field \"{missing}\" (and doesn't have default value)");
                    else if (!seen.Add(step))
                        complaints.Add($"{path}: duplicate entries for key {FieldTree.Printed(step)}");

                    CheckLists(items[i], schema.Items, path + FieldTree.Printed(step), complaints);
                }

                break;
        }
    }
}
