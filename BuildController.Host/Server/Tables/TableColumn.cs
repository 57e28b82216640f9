using System.Text.Json;

namespace BuildController.Host.Server.Tables;

/// <summary>Writes the one value that an object has in a column.</summary>
internal delegate void CellWriter(Utf8JsonWriter writer, JsonElement value, DateTimeOffset now);

/// <summary>A column of a table: what meta/v1 TableColumnDefinition says of it, and how its cells are made.</summary>
internal sealed record TableColumn(string Name, string Type, CellWriter Write)
{
    public string Format { get; init; } = string.Empty;

    public string Description { get; init; } = string.Empty;

    /// <summary>0 for columns that are always shown; higher ones only on wide output.</summary>
    public int Priority { get; init; }

    public static TableColumn ObjectName { get; } = Text("Name", static value => value.Text("metadata", "name")) with
    {
        Format = "name",
        Description = "Name must be unique within a namespace.",
    };

    public static TableColumn ObjectAge { get; } = Age("Age", "metadata", "creationTimestamp") with
    {
        Description = "The time since the object was created.",
    };

    public static TableColumn Text(string name, Func<JsonElement, string> cell) =>
        new(name, "string", (writer, value, _) => writer.WriteStringValue(cell(value)));

    /// <summary>A column that shows a placeholder where there is no text.</summary>
    public static TableColumn TextOrNone(string name, Func<JsonElement, string> cell) =>
        Text(name, value => cell(value) is { Length: > 0 } text ? text : "<none>");

    public static TableColumn Number(string name, Func<JsonElement, long> cell) =>
        new(name, "integer", (writer, value, _) => writer.WriteNumberValue(cell(value)));

    public static TableColumn Age(string name, params string[] path) =>
        new(name, "string", (writer, value, now) => writer.WriteStringValue(value.Age(now, path)));
}
