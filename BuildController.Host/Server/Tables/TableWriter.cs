using System.Text.Json;
using BuildController.Informers.Api;

namespace BuildController.Host.Server.Tables;

/// <summary>Writes meta/v1 Table: the form of lists and objects that kubectl prints.</summary>
/// <param name="columns">The columns.</param>
/// <param name="includeObject">What rows carry of their object: <c>None</c>, <c>Metadata</c> or <c>Object</c>.</param>
/// <param name="time">The clock that ages are told by.</param>
internal sealed class TableWriter(IReadOnlyList<TableColumn> columns, string includeObject, TimeProvider time)
{
    /// <summary>A table of one object, under the object's own version.</summary>
    /// <param name="item">The object's JSON.</param>
    /// <param name="withHeadings">False for the later tables of a watch, which leave the headings out.</param>
    public byte[] One(ReadOnlyMemory<byte> item, bool withHeadings = true)
    {
        using JsonDocument document = JsonDocument.Parse(item);
        var metadata = new ListMetadata { ResourceVersion = document.RootElement.Text("metadata", "resourceVersion") };
        return Write(metadata, [item], withHeadings);
    }

    public byte[] Many(IReadOnlyList<ReadOnlyMemory<byte>> items, ListMetadata metadata) => Write(metadata, items, withHeadings: true);

    private byte[] Write(ListMetadata metadata, IReadOnlyList<ReadOnlyMemory<byte>> items, bool withHeadings) => JsonBytes.Object(writer =>
    {
        writer.WriteString("kind"u8, "Table"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        JsonResponse.WriteMetadata(writer, metadata);
        writer.WriteObjects("columnDefinitions", withHeadings ? columns : [], static (writer, column) =>
        {
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("type"u8, column.Type);
            writer.WriteString("format"u8, column.Format);
            writer.WriteString("description"u8, column.Description);
            writer.WriteNumber("priority"u8, column.Priority);
        });
        DateTimeOffset now = time.GetUtcNow();
        writer.WriteObjects("rows", items, (writer, item) =>
        {
            using JsonDocument document = JsonDocument.Parse(item);
            WriteRow(writer, document.RootElement, now);
        });
    });

    private void WriteRow(Utf8JsonWriter writer, JsonElement item, DateTimeOffset now)
    {
        writer.WriteStartArray("cells"u8);
        foreach (TableColumn column in columns)
            column.Write(writer, item, now);

        writer.WriteEndArray();
        if (includeObject == "Metadata")
        {
            writer.WriteObject("object", _ => PartialMetadata.WriteMembers(writer, item));
        }
        else if (includeObject == "Object")
        {
            writer.WritePropertyName("object"u8);
            item.WriteTo(writer);
        }
    }
}
