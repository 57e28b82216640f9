using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>Reads a few members of an object's JSON without decoding the object.</summary>
internal static class ObjectPeek
{
    /// <summary>The object's <c>kind</c>; null if it has none or is no object.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static string? KindOf(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isKind = reader.ValueTextEquals("kind"u8);
            reader.Read();
            if (isKind)
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

            reader.Skip();
        }

        return null;
    }

    /// <summary>The object's version, empty if it has none, and whether it ends the initial events of a streamed list.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static (string ResourceVersion, bool EndsInitialEvents) VersionOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, JsonDepth.Reader);
        reader.Read();
        return MoveTo(ref reader, "metadata"u8) ? VersionOfMetadata(ref reader) : (string.Empty, false);
    }

    private static (string ResourceVersion, bool EndsInitialEvents) VersionOfMetadata(ref Utf8JsonReader reader)
    {
        string version = string.Empty;
        bool endsInitialEvents = false;
        if (reader.TokenType != JsonTokenType.StartObject)
            return (version, endsInitialEvents);

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = reader.ValueTextEquals("resourceVersion"u8);
            bool isAnnotations = reader.ValueTextEquals("annotations"u8);
            reader.Read();
            if (isVersion && reader.TokenType == JsonTokenType.String)
                version = reader.GetString()!;
            else if (isAnnotations && reader.TokenType == JsonTokenType.StartObject)
                endsInitialEvents = HasEndMark(ref reader);
            else
                reader.Skip();
        }

        return (version, endsInitialEvents);
    }

    private static bool HasEndMark(ref Utf8JsonReader reader)
    {
        bool found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMark = reader.ValueTextEquals("k8s.io/initial-events-end"u8);
            reader.Read();
            found |= isMark && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("true"u8);
            reader.Skip();
        }

        return found;
    }

    /// <summary>Moves from an object's start to the value of a member of it; false at the object's end if there is none.</summary>
    private static bool MoveTo(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(member);
            reader.Read();
            if (found)
                return true;

            reader.Skip();
        }

        return false;
    }
}
