using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Small steps over JSON trees that the rules are written in.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static byte[] Bytes(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            node.WriteTo(writer);

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what a client sent.</summary>
    /// <exception cref="JsonException">It is no JSON, or names a member twice.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, documentOptions: Strict);

    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8) => (JsonObject)JsonNode.Parse(utf8)!;

    public static JsonObject Copy(this JsonObject value) => (JsonObject)value.DeepClone();

    public static JsonObject? Object(this JsonObject value, string member) => value[member] as JsonObject;

    public static JsonArray? Array(this JsonObject value, string member) => value[member] as JsonArray;

    public static string? Text(this JsonObject value, string member) =>
        value[member] is JsonValue text && text.TryGetValue(out string? result) ? result : null;

    public static long? Number(this JsonObject value, string member) =>
        value[member] is JsonValue number && number.TryGetValue(out long result) ? result : null;

    public static bool Flag(this JsonObject value, string member) =>
        value[member] is JsonValue flag && flag.TryGetValue(out bool result) && result;

    /// <summary>The member, made as an empty object if it is missing.</summary>
    public static JsonObject Ensure(this JsonObject value, string member)
    {
        if (value[member] is JsonObject present)
            return present;

        var made = new JsonObject();
        value[member] = made;
        return made;
    }

    /// <summary>Sets the member unless it is there.</summary>
    public static void Default(this JsonObject value, string member, JsonNode fallback)
    {
        if (value[member] is null)
            value[member] = fallback;
    }

    /// <summary>Gives the member the value that it has elsewhere, or takes it away if it has none there.</summary>
    public static void TakeFrom(this JsonObject value, string member, JsonObject source)
    {
        if (source[member] is { } present)
            value[member] = present.DeepClone();
        else
            value.Remove(member);
    }

    public static void RemoveNulls(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach (string name in members.Where(static member => member.Value is null).Select(static member => member.Key).ToArray())
                members.Remove(name);

            foreach ((_, JsonNode? member) in members)
                RemoveNulls(member);
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
                RemoveNulls(item);
        }
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
