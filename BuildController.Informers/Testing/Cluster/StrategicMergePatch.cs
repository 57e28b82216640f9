using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// Kubernetes' own merge: a merge patch that matches the items of lists by a key, and has directives to replace, delete and
/// order them. The keys are those of the core kinds.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderPrefix = "$setElementOrder/";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";

    /// <exception cref="FormatException">A directive cannot be understood.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch) => Merge(target, patch, parent: string.Empty);

    /// <summary>The member that tells the items of a list apart, empty for a set of plain values, null for a list replaced whole.</summary>
    /// <param name="list">The list's name.</param>
    /// <param name="parent">The name of the object that it is in; empty for the whole object, or an item of a list.</param>
    public static string? MergeKey(string list, string parent) => list switch
    {
        "containers" or "initContainers" or "ephemeralContainers" or "volumes" or "env" or "secrets" => "name",
        "imagePullSecrets" when parent == "spec" => "name", // Those of pods: a service account's are replaced whole.
        "volumeMounts" => "mountPath",
        "volumeDevices" => "devicePath",
        "ports" => "containerPort",
        "conditions" or "addresses" => "type",
        "hostAliases" or "podIPs" => "ip",
        "topologySpreadConstraints" => "topologyKey",
        "ownerReferences" when parent == "metadata" => "uid",
        "finalizers" when parent == "metadata" => string.Empty,
        "podCIDRs" => string.Empty,
        _ => null,
    };

    private static JsonObject Merge(JsonObject target, JsonObject patch, string parent)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                JsonObject replacement = patch.Copy();
                replacement.Remove(Directive);
                return replacement;
            case "delete":
                return [];
            case null or "merge":
                break;
            case var unknown:
                throw new FormatException($"Unknown patch type found: {unknown}");
        }

        JsonObject result = target.Copy();
        if (patch.Array(RetainKeys) is { } kept)
        {
            var names = kept.Select(static name => name?.ToString()).ToHashSet();
            foreach (string name in result.Select(static member => member.Key).Where(name => !names.Contains(name)).ToArray())
                result.Remove(name);
        }

        foreach ((string name, JsonNode? value) in patch)
        {
            if (name.StartsWith(DeletePrefix, StringComparison.Ordinal))
                DeleteValues(result.Array(name[DeletePrefix.Length..]), value as JsonArray);
            else if (name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                OrderOnly(result, patch, name[OrderPrefix.Length..], value as JsonArray, parent);
            else if (name is not (Directive or RetainKeys))
                Set(result, patch, name, value, parent);
        }

        return result;
    }

    private static void Set(JsonObject result, JsonObject patch, string name, JsonNode? value, string parent)
    {
        switch (value)
        {
            case null:
                result.Remove(name);
                break;
            case JsonObject members when members.Text(Directive) == "delete":
                result.Remove(name);
                break;
            case JsonObject members:
                result[name] = Merge(result.Object(name) ?? [], members, name);
                break;
            case JsonArray items when MergeKey(name, parent) is { } key:
                result[name] = MergeList(result.Array(name) ?? [], items, key, patch.Array(OrderPrefix + name));
                break;
            default:
                result[name] = value.DeepClone();
                break;
        }
    }

    private static JsonArray MergeList(JsonArray present, JsonArray patch, string key, JsonArray? order)
    {
        JsonObject[] directives = [.. patch.OfType<JsonObject>().Where(static item => item.ContainsKey(Directive))];
        JsonNode[] changes = [.. patch.Where(item => !directives.Contains(item)).Select(static item => item!)];
        if (directives.Any(static item => item.Text(Directive) == "replace"))
            return new JsonArray([.. changes.Select(static item => item.DeepClone())]);

        var deleted = directives.Where(static item => item.Text(Directive) == "delete").Select(item => Identity(item, key)).ToHashSet();
        string[] liveOrder = [.. present.Select(item => Identity(item, key))];
        var merged = new List<(string Id, JsonNode Item)>();
        foreach (JsonNode change in changes.Concat(directives.Where(static item => item.Text(Directive) == "merge")))
        {
            string id = Identity(change, key);
            JsonNode? live = present.FirstOrDefault(item => Identity(item, key) == id);
            merged.RemoveAll(one => one.Id == id);
            merged.Add((id, change is JsonObject members ? Merge(live as JsonObject ?? [], members, parent: string.Empty) : change.DeepClone()));
        }

        var untouched = present.Select(item => (Id: Identity(item, key), Item: item!))
            .Where(one => !deleted.Contains(one.Id) && !merged.Exists(other => other.Id == one.Id))
            .Select(static one => (one.Id, Item: one.Item.DeepClone())).ToList();
        if (order is not null)
        {
            string[] wanted = [.. order.Select(item => Identity(item, key))];
            merged = [.. merged.Concat(untouched.Where(one => wanted.Contains(one.Id))).OrderBy(one => PlaceIn(wanted, one.Id))];
            untouched.RemoveAll(one => wanted.Contains(one.Id));
        }

        return new JsonArray([.. Interleave(merged, untouched, liveOrder).Select(static one => one.Item)]);
    }

    /// <summary>Puts each changed item before the first untouched one that came after it in the live list; each list keeps its order.</summary>
    private static List<(string Id, JsonNode Item)> Interleave(List<(string Id, JsonNode Item)> changed, List<(string Id, JsonNode Item)> untouched, string[] liveOrder)
    {
        var result = untouched.ToList();
        int from = 0;
        foreach ((string Id, JsonNode Item) one in changed)
        {
            int live = Array.IndexOf(liveOrder, one.Id);
            int at = live < 0 ? -1 : result.FindIndex(from, other => Array.IndexOf(liveOrder, other.Id) > live);
            if (at < 0)
                at = result.Count;

            result.Insert(at, one);
            from = at + 1;
        }

        return result;
    }

    private static void OrderOnly(JsonObject result, JsonObject patch, string list, JsonArray? order, string parent)
    {
        if (patch.ContainsKey(list) || order is null || MergeKey(list, parent) is not { } key || result.Array(list) is not { } items)
            return;

        result[list] = MergeList(items, [], key, order);
    }

    private static void DeleteValues(JsonArray? items, JsonArray? values)
    {
        foreach (JsonNode? value in values ?? [])
            items?.RemoveAll(item => JsonNode.DeepEquals(item, value));
    }

    private static int PlaceIn(string[] order, string id)
    {
        int place = Array.IndexOf(order, id);
        return place < 0 ? int.MaxValue : place;
    }

    // The ports of services have a number of another name than those of containers.
    private static string Identity(JsonNode? item, string key) => key.Length == 0
        ? item?.ToJsonString() ?? "null"
        : ((item as JsonObject)?[key] ?? (key == "containerPort" ? (item as JsonObject)?["port"] : null))?.ToJsonString() ?? throw new FormatException($"map: {item?.ToJsonString()} does not contain declared merge key: {key}");
}
