using System.Text.Json;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server;

/// <summary>Writes meta/v1 PartialObjectMetadata: objects without what they say.</summary>
internal static class PartialMetadata
{
    public static byte[] One(ReadOnlyMemory<byte> item) => JsonBytes.Object(writer =>
    {
        using JsonDocument document = JsonDocument.Parse(item);
        WriteMembers(writer, document.RootElement);
    });

    public static byte[] Many(StoredList list) => JsonBytes.Object(writer =>
    {
        writer.WriteString("kind"u8, "PartialObjectMetadataList"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        JsonResponse.WriteMetadata(writer, list.Metadata);
        writer.WriteObjects("items", list.Items, static (writer, item) =>
        {
            using JsonDocument document = JsonDocument.Parse(item);
            WriteMembers(writer, document.RootElement);
        });
    });

    /// <summary>Writes what goes between the braces.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, JsonElement item)
    {
        writer.WriteString("kind"u8, "PartialObjectMetadata"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        if (item.TryGetProperty("metadata"u8, out JsonElement metadata))
        {
            writer.WritePropertyName("metadata"u8);
            metadata.WriteTo(writer);
        }
    }
}
