using System.Text.Json;
using BuildController.Host.Server.Tables;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>
/// All groups with all their resources in one answer (apidiscovery.k8s.io), which saves clients a request for each group. It is made of the
/// documents for single versions, so that both tell the same.
/// </summary>
internal static class AggregatedDiscovery
{
    private const string Group = "apidiscovery.k8s.io";
    private const string Kind = "APIGroupDiscoveryList";

    // Newest first. They do not differ in what is told here.
    private static readonly string[] Versions = ["v2", "v2beta1"];

    /// <summary>The version that a client takes rather than the plain documents; null if it wants those.</summary>
    public static string? Wanted(string? accept)
    {
        foreach (string clause in (accept ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = clause.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parts is ["application/json" or "application/*" or "*/*"])
                return null;

            if (parts is ["application/json", ..] && parts.Contains($"g={Group}") && parts.Contains($"as={Kind}")
                && Array.Find(Versions, version => parts.Contains($"v={version}")) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>The media type of the answer, by which clients tell it from a plain one.</summary>
    public static string MediaType(string version) => $"application/json;g={Group};v={version};as={Kind}";

    /// <param name="version">The version of the answer.</param>
    /// <param name="isCore">Whether the core group is told of, or all others.</param>
    /// <param name="types">The resources.</param>
    public static byte[] Document(string version, bool isCore, IReadOnlyList<ResourceDefinition> types) => JsonBytes.Object(writer =>
    {
        writer.WriteString("kind"u8, Kind);
        writer.WriteString("apiVersion"u8, $"{Group}/{version}");
        writer.WriteObject("metadata", static _ => { });
        IEnumerable<string> groups = types.Select(static type => type.Resource.Group).Where(group => group.Length == 0 == isCore).Distinct();
        writer.WriteObjects("items", groups, (writer, group) =>
        {
            writer.WriteObject("metadata", _ => writer.WriteIfSet("name", group));
            IEnumerable<string> versions = types.Where(type => type.Resource.Group == group).Select(static type => type.Resource.Version).Distinct();
            writer.WriteObjects("versions", versions, (writer, version) => WriteVersion(writer, group, version, types));
        });
    });

    private static void WriteVersion(Utf8JsonWriter writer, string group, string version, IReadOnlyList<ResourceDefinition> types)
    {
        using JsonDocument list = JsonDocument.Parse(DiscoveryDocuments.Resources(group, version, types));
        IReadOnlyList<JsonElement> resources = list.RootElement.Items("resources");
        writer.WriteString("version"u8, version);
        writer.WriteString("freshness"u8, "Current"u8);
        writer.WriteObjects("resources", resources.Where(static one => !one.Text("name").Contains('/')), (writer, resource) =>
        {
            string name = resource.Text("name");
            writer.WriteString("resource"u8, name);
            WriteKind(writer, resource, group, version);
            writer.WriteString("scope"u8, resource.IsTrue("namespaced") ? "Namespaced" : "Cluster");
            writer.WriteString("singularResource"u8, resource.Text("singularName"));
            Copy(writer, resource, "verbs");
            Copy(writer, resource, "shortNames");
            Copy(writer, resource, "categories");
            IEnumerable<JsonElement> below = resources.Where(one => one.Text("name").StartsWith($"{name}/", StringComparison.Ordinal));
            writer.WriteObjects("subresources", below, (writer, subresource) =>
            {
                writer.WriteString("subresource"u8, subresource.Text("name")[(name.Length + 1)..]);
                WriteKind(writer, subresource, group, version);
                Copy(writer, subresource, "verbs");
            });
        });
    }

    /// <summary>A subresource may answer another kind than its resource, of another group.</summary>
    private static void WriteKind(Utf8JsonWriter writer, JsonElement resource, string group, string version) => writer.WriteObject("responseKind", _ =>
    {
        bool isForeign = resource.Exists("version");
        writer.WriteString("group"u8, isForeign ? resource.Text("group") : group);
        writer.WriteString("version"u8, isForeign ? resource.Text("version") : version);
        writer.WriteString("kind"u8, resource.Text("kind"));
    });

    private static void Copy(Utf8JsonWriter writer, JsonElement resource, string member)
    {
        if (!resource.Exists(member))
            return;

        writer.WritePropertyName(member);
        resource.At(member).WriteTo(writer);
    }
}
