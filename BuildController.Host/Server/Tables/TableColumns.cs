using System.Collections.Concurrent;
using System.Text.Json;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Tables;

/// <summary>Which columns a resource's table has: those of the core kinds are built in, the others come from the definition.</summary>
internal sealed class TableColumns
{
    private readonly ConcurrentDictionary<ResourceDefinition, IReadOnlyList<TableColumn>> made = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<TableColumn> For(ResourceDefinition type) => made.GetOrAdd(type, Make);

    private static IReadOnlyList<TableColumn> Make(ResourceDefinition type) => (type.Resource.Group, type.Resource.Plural) switch
    {
        ("", "pods") => PodColumns.All,
        ("", "events") => EventColumns.All,
        ("", "namespaces") => Between(TableColumn.Text("Status", NamespaceStatus)),
        ("", "nodes") => Between(TableColumn.Text("Status", NodeStatus), TableColumn.TextOrNone("Roles", NodeRoles)),
        ("", "configmaps") => Between(TableColumn.Number("Data", static value => value.Count("data") + value.Count("binaryData"))),
        ("", "secrets") => Between(TableColumn.Text("Type", SecretType), TableColumn.Number("Data", static value => value.Count("data"))),
        ("coordination.k8s.io", "leases") => Between(TableColumn.Text("Holder", static value => value.Text("spec", "holderIdentity"))),
        _ => Custom(type),
    };

    private static IReadOnlyList<TableColumn> Between(params TableColumn[] columns) => [TableColumn.ObjectName, .. columns, TableColumn.ObjectAge];

    private static IReadOnlyList<TableColumn> Custom(ResourceDefinition type)
    {
        TableColumn[] columns = Columns(type);
        bool hasAge = !type.ShowsAge || Array.Exists(columns, static column => string.Equals(column.Name, "Age", StringComparison.OrdinalIgnoreCase));
        return hasAge ? [TableColumn.ObjectName, .. columns] : Between(columns);
    }

    /// <summary>A server shows no columns rather than refuse a definition whose paths it cannot follow.</summary>
    private static TableColumn[] Columns(ResourceDefinition type)
    {
        try
        {
            return [.. type.Columns.Select(PrinterColumnCell.Column)];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static string NamespaceStatus(JsonElement value) =>
        value.Text("status", "phase") is { Length: > 0 } phase ? phase
        : value.Exists("metadata", "deletionTimestamp") ? "Terminating"
        : "Active";

    private static string SecretType(JsonElement value) => value.Text("type") is { Length: > 0 } type ? type : "Opaque";

    private static string NodeStatus(JsonElement value)
    {
        JsonElement ready = value.Items("status", "conditions").FirstOrDefault(static condition => condition.Text("type") == "Ready");
        string status = ready.ValueKind == JsonValueKind.Undefined ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return value.IsTrue("spec", "unschedulable") ? $"{status},SchedulingDisabled" : status;
    }

    private static string NodeRoles(JsonElement value)
    {
        const string prefix = "node-role.kubernetes.io/";
        if (value.At("metadata", "labels") is not { ValueKind: JsonValueKind.Object } labels)
            return string.Empty;

        IEnumerable<string> roles = labels.EnumerateObject()
            .Select(static label => label.Name)
            .Where(static name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(static name => name[prefix.Length..]);
        return string.Join(',', roles.Order(StringComparer.Ordinal));
    }
}
