using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>Makes the definitions of a resource's versions of a CustomResourceDefinition that has been found to be in order.</summary>
internal static class DefinitionReader
{
    /// <param name="root">The CustomResourceDefinition.</param>
    /// <param name="before">The versions as they were: a schema that has not changed is the same one.</param>
    /// <returns>The version in which objects are stored, and those that are served, the preferred one first.</returns>
    public static (ResourceDefinition Storage, IReadOnlyList<ResourceDefinition> Served) Read(JsonObject root, IReadOnlyList<ResourceDefinition> before)
    {
        JsonObject spec = root.Ensure("spec"), names = new DefinitionStatus(root, string.Empty).AcceptedNames;
        bool isTerminating = root.Object("metadata")?["deletionTimestamp"] is not null;
        var versions = spec.Array("versions")!.OfType<JsonObject>().Select(version => (Json: version, Definition: Of(version))).ToArray();
        ResourceDefinition storage = versions.Single(static version => version.Json.Flag("storage")).Definition;
        ResourceDefinition[] served =
        [
            .. versions.Where(static version => version.Json.Flag("served")).Select(static version => version.Definition)
                .OrderBy(static definition => definition.Resource.Version, VersionPriority.Instance),
        ];
        return (storage, served);

        ResourceDefinition Of(JsonObject version)
        {
            var resource = new GroupVersionResource(spec.Text("group")!, version.Text("name")!, names.Text("plural")!);
            JsonObject? schema = version.Object("schema")?.Object("openAPIV3Schema"), subresources = version.Object("subresources");
            PrinterColumn[] columns = [.. (version.Array("additionalPrinterColumns") ?? []).OfType<JsonObject>().Select(Column)];
            return new ResourceDefinition
            {
                Resource = resource,
                Kind = names.Text("kind")!,
                ListKind = names.Text("listKind")!,
                Scope = spec.Text("scope") == "Namespaced" ? ResourceScope.Namespaced : ResourceScope.Cluster,
                Singular = names.Text("singular")!,
                ShortNames = Texts(names, "shortNames"),
                Categories = Texts(names, "categories"),
                HasStatus = subresources?.Object("status") is not null,
                Scale = subresources?.Object("scale") is { } scale ? Scale(scale) : null,
                SelectableFields = [.. (version.Array("selectableFields") ?? []).OfType<JsonObject>().Select(static field => (field.Text("jsonPath") ?? string.Empty).TrimStart('.'))],
                Columns = columns,
                ShowsAge = columns.Length == 0,
                Schema = schema is null ? null : SchemaOf(schema, before.FirstOrDefault(one => one.Resource == resource)?.Schema),
                DeprecationWarning = version.Flag("deprecated") ? version.Text("deprecationWarning") ?? Warning(spec, version) : null,
                IsTerminating = isTerminating,
            };
        }
    }

    private static ResourceSchema SchemaOf(JsonObject schema, ResourceSchema? before) =>
        before?.IsSameAs(schema) == true ? before : ResourceSchema.Of(schema);

    private static ScalePaths Scale(JsonObject scale) =>
        new(scale.Text("specReplicasPath")!, scale.Text("statusReplicasPath")!, scale.Text("labelSelectorPath"));

    private static PrinterColumn Column(JsonObject column) =>
        new(column.Text("name")!, column.Text("type")!, column.Text("jsonPath")!, (int)(column.Number("priority") ?? 0))
        {
            Description = column.Text("description"),
            Format = column.Text("format")!,
        };

    private static string Warning(JsonObject spec, JsonObject version)
    {
        string group = spec.Text("group")!, name = version.Text("name")!, kind = spec.Object("names")!.Text("kind")!;
        string? better = spec.Array("versions")!.OfType<JsonObject>()
            .Where(static one => one.Flag("served") && !one.Flag("deprecated"))
            .Select(static one => one.Text("name")!)
            .Where(one => VersionPriority.Instance.Compare(one, name) < 0)
            .Order(VersionPriority.Instance)
            .FirstOrDefault();
        return $"{group}/{name} {kind} is deprecated{(better is null ? string.Empty : $"; use {group}/{better} {kind}")}";
    }

    private static string[] Texts(JsonObject json, string member) => [.. (json.Array(member) ?? []).Select(static one => one!.ToString())];
}
