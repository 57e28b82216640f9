using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// Sets of fields in the form in which objects carry them (fieldsV1): a tree of <c>f:member</c>, <c>k:{keys of a list's item}</c> and
/// <c>v:value of a set</c>, where an empty node, or one with <c>.</c>, is in the set itself.
/// </summary>
internal static class FieldTree
{
    public const string Self = ".";

    /// <summary>The set with its own root in it.</summary>
    public static JsonObject Holding(JsonObject set) => Union(set, []);

    public static JsonObject Union(JsonObject a, JsonObject b)
    {
        JsonObject result = a.Copy();
        if (a.Count == 0 || b.Count == 0)
        {
            result = a.Count == 0 ? b.Copy() : result;
            if (result.Count > 0)
                result[Self] = new JsonObject();
        }

        foreach ((string step, JsonNode? child) in b)
            result[step] = a.Object(step) is { } own ? Union(own, (JsonObject)child!) : child!.DeepClone();

        return result;
    }

    /// <summary>What is in the first set only; null if nothing is.</summary>
    public static JsonObject? Subtract(JsonObject a, JsonObject b)
    {
        var result = new JsonObject();
        foreach ((string step, JsonNode? child) in a)
        {
            if (b.Object(step) is not { } other)
                result[step] = child!.DeepClone();
            else if (step != Self && Without((JsonObject)child!, other) is { } left)
                result[step] = left;
        }

        return result.Count > 0 ? result : null;
    }

    /// <summary>What is in the first set and neither in the second nor above anything in it; null if nothing is.</summary>
    public static JsonObject? Unclaimed(JsonObject a, JsonObject b)
    {
        var result = new JsonObject();
        foreach ((string step, JsonNode? child) in a)
        {
            if (b.Object(step) is not { } other)
                result[step] = child!.DeepClone();
            else if (Unclaimed((JsonObject)child!, other) is { } left)
                result[step] = left;
        }

        result.Remove(Self);
        return result.Count > 0 ? result : null;
    }

    /// <summary>What is in both sets; null if nothing is.</summary>
    public static JsonObject? Intersect(JsonObject a, JsonObject b)
    {
        var result = new JsonObject();
        foreach ((string step, JsonNode? child) in a)
        {
            if (b.Object(step) is not { } other)
                continue;

            JsonObject? deeper = Intersect((JsonObject)child!, other);
            if (step == Self || (Holds((JsonObject)child!) && Holds(other)))
                result[step] = deeper is null ? new JsonObject() : Holding(deeper);
            else if (deeper is not null)
                result[step] = deeper;
        }

        return result.Count > 0 ? result : null;
    }

    /// <summary>The part of a set that an object still has; null if it has nothing of it.</summary>
    public static JsonObject? Restrict(JsonObject set, JsonNode? value)
    {
        var result = new JsonObject();
        foreach ((string step, JsonNode? node) in set)
        {
            var child = (JsonObject)node!;
            if (step == Self)
                result[step] = new JsonObject();
            else if (Find(value, step, out JsonNode? found))
            {
                if (child.Count == 0)
                    result[step] = new JsonObject();
                else if (Restrict(child, found) is { } left)
                    result[step] = left;
            }
        }

        return result.Count > 0 ? result : null;
    }

    /// <summary>Takes the fields of a set out of an object, and what is empty without them.</summary>
    public static void Remove(JsonNode value, JsonObject set)
    {
        foreach ((string step, JsonNode? node) in set)
        {
            var child = (JsonObject)node!;
            if (step == Self || !Find(value, step, out JsonNode? found))
                continue;

            bool whole = Holds(child);
            if (!whole && found is not null)
            {
                Remove(found, child);
                whole = found is JsonObject { Count: 0 } or JsonArray { Count: 0 };
            }

            if (!whole)
                continue;

            if (value is JsonObject members)
                members.Remove(step[2..]);
            else
                ((JsonArray)value).Remove(found);
        }
    }

    /// <summary>The paths in a set, as errors print them: <c>.spec.containers[name="a"].image</c>.</summary>
    public static IEnumerable<string> Paths(JsonObject set, string prefix = "")
    {
        foreach ((string step, JsonNode? node) in set)
        {
            var child = (JsonObject)node!;
            if (step == Self)
                continue;

            string path = prefix + Printed(step);
            if (Holds(child))
                yield return path;

            foreach (string deeper in Paths(child, path))
                yield return deeper;
        }
    }

    /// <summary>The step to an item of a list, by what tells it apart.</summary>
    public static string StepOf(JsonNode? item, SchemaNode list)
    {
        if (list.List == ListKind.Set)
            return "v:" + (item?.ToJsonString() ?? "null");

        var key = new JsonObject();
        foreach (string member in list.MapKeys.Order(StringComparer.Ordinal))
            key[member] = ((item as JsonObject)?[member] ?? list.Items?.Member(member)?.Default)?.DeepClone();

        return "k:" + key.ToJsonString();
    }

    public static string Printed(string step)
    {
        if (step[0] == 'f')
            return "." + step[2..];

        if (step[0] == 'v')
            return $"[={step[2..]}]";

        return $"[{string.Join(',', ((JsonObject)JsonNode.Parse(step[2..])!).Select(static key => $"{key.Key}={key.Value?.ToJsonString()}"))}]";
    }

    private static bool Holds(JsonObject set) => set.Count == 0 || set.ContainsKey(Self);

    private static JsonObject? Without(JsonObject a, JsonObject b)
    {
        bool held = Holds(a) && !Holds(b);
        JsonObject? deeper = Subtract(a, b);
        deeper?.Remove(Self);
        if (deeper is not { Count: > 0 })
            return held ? [] : null;

        if (held)
            deeper[Self] = new JsonObject();

        return deeper;
    }

    private static bool Find(JsonNode? value, string step, out JsonNode? found)
    {
        found = null;
        string name = step[2..];
        if (step[0] == 'f')
            return value is JsonObject members && members.TryGetPropertyValue(name, out found);

        if (step[0] == 'v')
        {
            found = (value as JsonArray)?.FirstOrDefault(item => (item?.ToJsonString() ?? "null") == name);
        }
        else
        {
            var key = (JsonObject)JsonNode.Parse(name)!;
            found = (value as JsonArray)?.FirstOrDefault(item => item is JsonObject one && key.All(part => JsonNode.DeepEquals(one[part.Key], part.Value)));
        }

        return found is not null;
    }
}
