using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>RFC 6902.</summary>
internal static class JsonPatch
{
    /// <exception cref="FormatException">The patch is no list of operations.</exception>
    /// <exception cref="InvalidOperationException">An operation cannot be carried out, or a test failed.</exception>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
            throw new FormatException("a JSON patch must be a list of operations");

        // The document hangs below a root of its own, so that a path to the whole of it needs no special case.
        var root = new JsonObject { [string.Empty] = target?.DeepClone() };
        foreach (JsonNode? node in operations)
        {
            if (node is not JsonObject operation)
                throw new FormatException("an operation of a JSON patch must be an object");

            if (operation.Text("op") is not { } op || operation.Text("path") is not { } path)
                throw new InvalidOperationException("an operation of a JSON patch must have an op and a path");

            Carry(root, op, path, operation);
        }

        return root[string.Empty]?.DeepClone();
    }

    private static void Carry(JsonObject root, string op, string path, JsonObject operation)
    {
        switch (op)
        {
            case "add":
                Add(root, path, ValueOf(operation));
                break;
            case "remove":
                Remove(root, path);
                break;
            case "replace":
                Replace(root, path, ValueOf(operation));
                break;
            case "move":
                Add(root, path, Remove(root, From(operation)));
                break;
            case "copy":
                Add(root, path, Read(root, From(operation))?.DeepClone());
                break;
            case "test":
                Test(root, path, operation["value"]);
                break;
            default:
                throw new InvalidOperationException($"a JSON patch has no operation '{op}'");
        }
    }

    private static JsonNode? ValueOf(JsonObject operation) =>
        operation.ContainsKey("value") ? operation["value"]?.DeepClone() : throw new InvalidOperationException("the operation needs a value");

    private static string From(JsonObject operation) =>
        operation.Text("from") ?? throw new InvalidOperationException("the operation needs a from");

    private static void Add(JsonObject root, string path, JsonNode? value)
    {
        (JsonNode parent, string step) = ParentOf(root, path);
        if (parent is JsonArray items)
            items.Insert(step == "-" ? items.Count : IndexOf(items, step, items.Count), value);
        else
            ((JsonObject)parent)[step] = value;
    }

    private static JsonNode? Remove(JsonObject root, string path)
    {
        (JsonNode parent, string step) = ParentOf(root, path);
        JsonNode? value = Member(parent, step);
        if (parent is JsonArray items)
            items.RemoveAt(IndexOf(items, step, items.Count - 1));
        else
            ((JsonObject)parent).Remove(step);

        return value;
    }

    /// <summary>The RFC wants what is replaced to be there; servers, which use a library that does not look, set a member that is not.</summary>
    private static void Replace(JsonObject root, string path, JsonNode? value)
    {
        (JsonNode parent, string step) = ParentOf(root, path);
        if (parent is JsonArray items)
            items[IndexOf(items, step, items.Count - 1)] = value;
        else
            ((JsonObject)parent)[step] = value;
    }

    private static void Test(JsonObject root, string path, JsonNode? expected)
    {
        (JsonNode parent, string step) = ParentOf(root, path);
        JsonNode? actual = parent is JsonObject members ? members[step] : Member(parent, step);
        if (!JsonNode.DeepEquals(actual, expected))
            throw new InvalidOperationException($"testing value {path} failed");
    }

    private static JsonNode? Read(JsonObject root, string path)
    {
        (JsonNode parent, string step) = ParentOf(root, path);
        return Member(parent, step);
    }

    private static (JsonNode Parent, string Step) ParentOf(JsonObject root, string path)
    {
        if (path.Length > 0 && path[0] != '/')
            throw new InvalidOperationException($"'{path}' is no JSON pointer");

        string[] steps = [.. path.Split('/').Select(static step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        JsonNode node = root;
        foreach (string step in steps[..^1])
            node = Member(node, step) ?? throw Missing(path);

        return node is JsonObject or JsonArray ? (node, steps[^1]) : throw Missing(path);
    }

    private static JsonNode? Member(JsonNode parent, string step) => parent switch
    {
        JsonArray items => items[IndexOf(items, step, items.Count - 1)],
        JsonObject members when members.ContainsKey(step) => members[step],
        _ => throw Missing(step),
    };

    private static int IndexOf(JsonArray items, string step, int last) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= last
            ? index
            : throw new InvalidOperationException($"index '{step}' is out of the list's {items.Count} items");

    private static InvalidOperationException Missing(string path) => new($"'{path}' does not exist");
}
