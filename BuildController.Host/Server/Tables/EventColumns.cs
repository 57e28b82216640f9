using System.Text.Json;

namespace BuildController.Host.Server.Tables;

/// <summary>The columns of core/v1 events.</summary>
internal static class EventColumns
{
    public static IReadOnlyList<TableColumn> All { get; } =
    [
        new TableColumn("Last Seen", "string", static (writer, value, now) => writer.WriteStringValue(LastSeen(value, now))) { Description = "When the event was last seen." },
        TableColumn.Text("Type", static value => value.Text("type")),
        TableColumn.Text("Reason", static value => value.Text("reason")),
        TableColumn.Text("Object", Involved),
        TableColumn.Text("Subobject", static value => value.Text("involvedObject", "fieldPath")) with { Priority = 1 },
        TableColumn.Text("Source", Source) with { Priority = 1 },
        TableColumn.Text("Message", static value => value.Text("message").Trim()),
        new TableColumn("First Seen", "string", static (writer, value, now) => writer.WriteStringValue(FirstSeen(value, now))) { Priority = 1 },
        TableColumn.Number("Count", static value => value.Number("series", "count") is > 0 and var series ? series : Math.Max(1, value.Number("count"))) with { Priority = 1 },
        TableColumn.ObjectName with { Priority = 1 },
    ];

    private static string LastSeen(JsonElement value, DateTimeOffset now) =>
        value.Exists("series", "lastObservedTime") ? value.Age(now, "series", "lastObservedTime")
        : value.Exists("lastTimestamp") ? value.Age(now, "lastTimestamp")
        : FirstSeen(value, now);

    private static string FirstSeen(JsonElement value, DateTimeOffset now) =>
        value.Exists("firstTimestamp") ? value.Age(now, "firstTimestamp") : value.Age(now, "eventTime");

    private static string Involved(JsonElement value)
    {
        string kind = value.Text("involvedObject", "kind").ToLowerInvariant(), name = value.Text("involvedObject", "name");
        return name.Length > 0 ? $"{kind}/{name}" : kind;
    }

    private static string Source(JsonElement value)
    {
        string component = value.Text("source", "component") is { Length: > 0 } source ? source : value.Text("reportingComponent");
        return value.Text("source", "host") is { Length: > 0 } host ? $"{component}, {host}" : component;
    }
}
