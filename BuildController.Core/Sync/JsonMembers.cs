using System.Text.Json.Nodes;

namespace BuildController.Core.Sync;

/// <summary>Turns keys and values into the members of a JSON object.</summary>
internal static class JsonMembers
{
    public static JsonObject Of(IEnumerable<KeyValuePair<string, string?>> members) =>
        new(members.Select(static member => KeyValuePair.Create<string, JsonNode?>(member.Key, member.Value)));
}
