using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>An object that a server sent and that the type's codec could not read. Its metadata could be.</summary>
/// <param name="Key">Where the object lives.</param>
/// <param name="Uid">Its identity, or empty.</param>
/// <param name="ResourceVersion">Its version, or empty.</param>
/// <param name="Error">Why it could not be decoded.</param>
public readonly record struct UndecodableObject(ObjectKey Key, string Uid, string ResourceVersion, ApiException Error)
{
    /// <summary>Reads what can be read of an object; null if it cannot be told which it is.</summary>
    internal static UndecodableObject? Find(ReadOnlyMemory<byte> json, ApiException error)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, JsonDepth.Document);
            return Find(document.RootElement, error);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads what can be read of a watch event's object; null if it cannot be passed over.</summary>
    internal static UndecodableObject? FindInEvent(ReadOnlyMemory<byte> line, ApiException error)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, JsonDepth.Document);
            JsonElement root = document.RootElement;
            bool canBePassedOver = root.ValueKind == JsonValueKind.Object
                && Text(root, "type") is not ("DELETED" or "BOOKMARK" or "ERROR")
                && root.TryGetProperty("object", out root);
            return canBePassedOver && Find(root, error) is { ResourceVersion.Length: > 0 } found ? found : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static UndecodableObject? Find(JsonElement root, ApiException error)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("metadata", out JsonElement metadata) || metadata.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string name = Text(metadata, "name");
        return name.Length == 0
            ? null
            : new UndecodableObject(new ObjectKey(Text(metadata, "namespace"), name), Text(metadata, "uid"), Text(metadata, "resourceVersion"), error);
    }

    private static string Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
