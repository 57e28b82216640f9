using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>Puts <c>apiVersion</c> and <c>kind</c> in front of objects whose type does not write them.</summary>
internal static class ObjectHeader
{
    public static byte[] Ensure(ReadOnlySpan<byte> json, string apiVersion, string kind)
    {
        (bool hasApiVersion, bool hasKind, bool isEmpty) = Inspect(json);
        if (hasApiVersion && hasKind)
            return json.ToArray();

        string header = "{"
            + (hasApiVersion ? string.Empty : $"\"apiVersion\":\"{JsonEncodedText.Encode(apiVersion)}\",")
            + (hasKind ? string.Empty : $"\"kind\":\"{JsonEncodedText.Encode(kind)}\",");
        byte[] headerBytes = System.Text.Encoding.UTF8.GetBytes(isEmpty ? header.TrimEnd(',') : header);

        int bodyStart = json.IndexOf((byte)'{') + 1;
        return [.. headerBytes, .. json[bodyStart..]];
    }

    private static (bool HasApiVersion, bool HasKind, bool IsEmpty) Inspect(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A Kubernetes object must be written as a JSON object.");

        bool hasApiVersion = false, hasKind = false, isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            hasApiVersion |= reader.ValueTextEquals("apiVersion"u8);
            hasKind |= reader.ValueTextEquals("kind"u8);
            reader.Read();
            reader.Skip();
        }

        return (hasApiVersion, hasKind, isEmpty);
    }
}
