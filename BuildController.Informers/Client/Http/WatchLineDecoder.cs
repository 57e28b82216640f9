using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>
/// Decodes one line of a watch. Where <c>type</c> comes before <c>object</c>, as servers write it, the object is decoded
/// where it is met, and nothing is parsed twice.
/// </summary>
internal static class WatchLineDecoder
{
    /// <exception cref="JsonException">The line is not JSON, or no watch event of this type.</exception>
    public static WatchEvent<T> Decode<T>(ReadOnlySpan<byte> line, ResourceType<T> type)
        where T : class
    {
        var reader = new Utf8JsonReader(line, JsonDepth.Reader);
        WatchEventType? eventType = null;
        ReadOnlySpan<byte> json = default;

        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a watch event must be a JSON object");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                eventType = ReadType(ref reader);
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                ReadOnlySpan<byte> rest = line[(int)reader.TokenStartIndex..];
                json = ExtentOf(rest);
                if (eventType is { } known && IsClosingBrace(rest[json.Length..]))
                    return Decode(known, json, type);

                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (eventType is null || json.IsEmpty)
            throw new JsonException("a watch event must have a type and an object");

        return Decode(eventType.Value, json, type);
    }

    private static WatchEvent<T> Decode<T>(WatchEventType eventType, ReadOnlySpan<byte> json, ResourceType<T> type)
        where T : class
    {
        switch (eventType)
        {
            case WatchEventType.Error:
                return WatchEvent<T>.Failed(new ApiException(JsonSerializer.Deserialize(json, ApiJsonContext.Default.ApiStatus) ?? new ApiStatus()));

            case WatchEventType.Bookmark:
                (string version, bool endsInitialEvents) = ObjectPeek.VersionOf(json);
                return version.Length > 0
                    ? WatchEvent<T>.Bookmark(version, endsInitialEvents)
                    : throw new JsonException("a bookmark must have a resourceVersion");

            default:
                T value = type.Read(json);
                string known = type.Metadata(value).ResourceVersion;
                return WatchEvent<T>.Of(eventType, value, known.Length > 0 ? known : ObjectPeek.VersionOf(json).ResourceVersion);
        }
    }

    private static WatchEventType ReadType(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("MODIFIED"u8))
                return WatchEventType.Modified;
            if (reader.ValueTextEquals("ADDED"u8))
                return WatchEventType.Added;
            if (reader.ValueTextEquals("DELETED"u8))
                return WatchEventType.Deleted;
            if (reader.ValueTextEquals("BOOKMARK"u8))
                return WatchEventType.Bookmark;
            if (reader.ValueTextEquals("ERROR"u8))
                return WatchEventType.Error;
        }

        throw new JsonException("the type of a watch event is not known");
    }

    private static ReadOnlySpan<byte> ExtentOf(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'{')
            throw new JsonException("the object of a watch event must be a JSON object");

        int length = new JsonValueScanner().Find(json);
        return length < 0 ? throw new JsonException("the object of a watch event is not whole") : json[..length];
    }

    private static bool IsClosingBrace(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> trimmed = rest.Trim(" \t\r"u8);
        return trimmed.Length == 1 && trimmed[0] == (byte)'}';
    }
}
