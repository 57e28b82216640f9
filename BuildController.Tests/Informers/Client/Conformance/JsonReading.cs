using System.Text.Json.Nodes;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>Short forms of reading and making JSON.</summary>
internal static class JsonReading
{
    public static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    /// <summary>What is at a dotted path; a number is a place in a list.</summary>
    public static JsonNode? At(this JsonNode? value, string path)
    {
        foreach (string step in path.Split('.'))
        {
            value = value switch
            {
                JsonObject members => members[step],
                JsonArray items => int.TryParse(step, out int index) && index < items.Count ? items[index] : null,
                _ => null,
            };
        }

        return value;
    }

    /// <summary>The text at a dotted path; empty if there is nothing.</summary>
    public static string Text(this JsonNode? value, string path) => value.At(path)?.ToString() ?? string.Empty;

    public static string Name(this JsonObject value) => value.Text("metadata.name");

    public static string Version(this JsonObject value) => value.Text("metadata.resourceVersion");

    public static string Uid(this JsonObject value) => value.Text("metadata.uid");

    public static string[] Texts(this JsonNode? value, string path) => [.. (value.At(path) as JsonArray ?? []).Select(static one => one!.ToString())];

    /// <summary>The value as compact JSON.</summary>
    public static string Compact(this JsonNode? value, string path) => value.At(path)?.ToJsonString() ?? string.Empty;
}
