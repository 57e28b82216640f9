using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// Sets of fields in the form in which objects carry them (fieldsV1): a tree of <c>f:member</c>, <c>k:{key of a list's item}</c> and
/// <c>v:value of a set</c>, where an empty node, or one with <c>.</c>, is in the set itself.
/// </summary>
internal sealed class FieldSet(ResourceDefinition type)
{
    private const string Self = ".";

    private static readonly string[] Unowned =
        ["name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "managedFields", "deletionTimestamp", "deletionGracePeriodSeconds"];

    /// <summary>The fields that an object sets.</summary>
    public JsonObject Of(JsonObject root) => Strip(Walk(root, null, false));

    /// <summary>The fields of the next object that the old one lacks or has with another value.</summary>
    public JsonObject Changed(JsonObject old, JsonObject next) => Strip(Differ(old, next, null, false) ?? []);

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
                result[step] = deeper is null ? new JsonObject() : Union(deeper, []);
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

    /// <summary>The object with the applied fields set: lists whose items have keys are merged, others replaced.</summary>
    public JsonObject Merge(JsonObject live, JsonObject applied) => (JsonObject)Merge(live, applied, null, false)!;

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

    private static JsonObject Strip(JsonObject set)
    {
        set.Remove("f:apiVersion");
        set.Remove("f:kind");
        if (set.Object("f:metadata") is not { } metadata)
            return set;

        foreach (string member in Unowned)
            metadata.Remove("f:" + member);

        metadata.Remove(Self);
        if (metadata.Count == 0)
            set.Remove("f:metadata");

        return set;
    }

    private JsonObject Walk(JsonNode? node, string? list, bool inMetadata)
    {
        var result = new JsonObject();
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? child) in members)
                result["f:" + name] = Walk(child, name, list == "metadata");
        }
        else if (node is JsonArray items && KeyOf(list, inMetadata) is { } key)
        {
            foreach (JsonNode? item in items)
                result[StepOf(item, key)] = key.Length == 0 ? [] : Union(Walk(item, null, false), []);
        }

        return result;
    }

    private JsonObject? Differ(JsonNode? old, JsonNode? next, string? list, bool inMetadata)
    {
        var result = new JsonObject();
        if (old is JsonObject before && next is JsonObject members)
        {
            foreach ((string name, JsonNode? child) in members)
                Collect("f:" + name, before.ContainsKey(name), before[name], child, name, list == "metadata");
        }
        else if (old is JsonArray present && next is JsonArray items && KeyOf(list, inMetadata) is { } key)
        {
            foreach (JsonNode? item in items)
            {
                string step = StepOf(item, key);
                JsonNode? match = present.FirstOrDefault(one => StepOf(one, key) == step);
                Collect(step, match is not null, match, item, null, false);
            }
        }
        else
        {
            return JsonNode.DeepEquals(old, next) ? null : Walk(next, list, inMetadata);
        }

        return result.Count > 0 ? result : null;

        void Collect(string step, bool existed, JsonNode? was, JsonNode? now, string? name, bool metadata)
        {
            JsonObject? change = existed ? Differ(was, now, name, metadata) : Walk(now, name, metadata);
            if (change is not null)
                result[step] = !existed && step[0] == 'k' ? Union(change, []) : change;
        }
    }

    private JsonNode? Merge(JsonNode? live, JsonNode? applied, string? list, bool inMetadata)
    {
        if (live is JsonObject before && applied is JsonObject members)
        {
            JsonObject result = before.Copy();
            foreach ((string name, JsonNode? child) in members)
                result[name] = Merge(before[name], child, name, list == "metadata");

            return result;
        }

        if (live is not JsonArray present || applied is not JsonArray items || KeyOf(list, inMetadata) is not { } key)
            return applied?.DeepClone();

        var merged = (JsonArray)present.DeepClone();
        foreach (JsonNode? item in items)
        {
            string step = StepOf(item, key);
            int place = merged.ToList().FindIndex(one => StepOf(one, key) == step);
            if (place < 0)
                merged.Add(item?.DeepClone());
            else
                merged[place] = Merge(merged[place], item, null, false);
        }

        return merged;
    }

    /// <summary>Custom resources' lists are replaced whole, as without a schema that says otherwise; metadata is the same everywhere.</summary>
    private string? KeyOf(string? list, bool inMetadata) =>
        list is not null && (type.Rules.HasMergeSchema || inMetadata) ? StrategicMergePatch.MergeKey(list, inMetadata) : null;

    private static string StepOf(JsonNode? item, string key) => key.Length == 0
        ? "v:" + (item?.ToJsonString() ?? "null")
        : "k:" + new JsonObject { [key] = (item as JsonObject)?[key]?.DeepClone() }.ToJsonString();

    private static bool Find(JsonNode? value, string step, out JsonNode? found)
    {
        found = null;
        string name = step[2..];
        if (step[0] == 'f')
            return value is JsonObject members && members.TryGetPropertyValue(name, out found);

        string key = step[0] == 'v' ? string.Empty : ((JsonObject)JsonNode.Parse(name)!).Single().Key;
        found = (value as JsonArray)?.FirstOrDefault(item => StepOf(item, key) == step);
        return found is not null;
    }

    private static string Printed(string step)
    {
        if (step[0] == 'f')
            return "." + step[2..];

        if (step[0] == 'v')
            return $"[={step[2..]}]";

        (string key, JsonNode? value) = ((JsonObject)JsonNode.Parse(step[2..])!).Single();
        return $"[{key}={value?.ToJsonString()}]";
    }
}
