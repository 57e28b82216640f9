using System.Text.Json;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Tables;

/// <summary>Makes a table's column of a definition's printer column, as a server does for custom resources.</summary>
internal static class PrinterColumnCell
{
    /// <exception cref="FormatException">The column's path is malformed.</exception>
    public static TableColumn Column(PrinterColumn column)
    {
        JsonPath path = JsonPath.Parse(column.JsonPath);
        return new TableColumn(column.Name, column.Type, (writer, value, now) => Write(writer, column.Type, path.First(value), now))
        {
            Priority = column.Priority,
            Format = column.Format,
            Description = column.Description ?? $"Custom resource definition column (in JSONPath format): {column.JsonPath}",
        };
    }

    private static void Write(Utf8JsonWriter writer, string type, JsonElement value, DateTimeOffset now)
    {
        switch (type, value.ValueKind)
        {
            case (_, JsonValueKind.Undefined or JsonValueKind.Null):
                writer.WriteNullValue();
                break;
            case ("date", _):
                writer.WriteStringValue(value.Age(now));
                break;
            case ("string", JsonValueKind.String) or ("integer" or "number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False):
                value.WriteTo(writer);
                break;
            case ("string", _):
                writer.WriteStringValue(value.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? value.GetRawText()
                    : value.ToString());
                break;
            default:
                // A server shows nothing rather than a value of another type than the column's.
                writer.WriteNullValue();
                break;
        }
    }
}
