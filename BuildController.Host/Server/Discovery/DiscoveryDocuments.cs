using System.Text.Json;
using BuildController.Host.Server.Reviews;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>Tells clients which resources there are. Of a group with several versions, the one registered first is preferred.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] ObjectVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] ReviewVerbs = ["create"];
    private static readonly string[] StatusVerbs = ["get", "patch", "update"];

    public static byte[] Version() => JsonBytes.Object(static writer =>
    {
        writer.WriteString("major"u8, "1"u8);
        writer.WriteString("minor"u8, "32"u8);
        writer.WriteString("gitVersion"u8, "v1.32.0+buildcontroller"u8);
        writer.WriteString("gitCommit"u8, ""u8);
        writer.WriteString("gitTreeState"u8, "clean"u8);
        writer.WriteString("buildDate"u8, "1970-01-01T00:00:00Z"u8);
        writer.WriteString("goVersion"u8, ""u8);
        writer.WriteString("compiler"u8, ""u8);
        writer.WriteString("platform"u8, $"{(OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")}/amd64");
    });

    public static byte[] Root(IReadOnlyList<ResourceDefinition> types) => JsonBytes.Object(writer =>
    {
        string[] versions = [.. types.Select(static type => type.Resource.Group.Length == 0 ? $"/api/{type.Resource.Version}" : $"/apis/{type.Resource.ApiVersion}").Distinct()];
        writer.WriteStrings("paths", ["/api", "/apis", .. versions, "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]);
    });

    public static byte[] CoreVersions(IReadOnlyList<ResourceDefinition> types, string host) => JsonBytes.Object(writer =>
    {
        writer.WriteString("kind"u8, "APIVersions"u8);
        writer.WriteStrings("versions", VersionsOf(string.Empty, types));
        writer.WriteObjects("serverAddressByClientCIDRs", [host], static (writer, host) =>
        {
            writer.WriteString("clientCIDR"u8, "0.0.0.0/0"u8);
            writer.WriteString("serverAddress"u8, host);
        });
    });

    public static byte[] Groups(IReadOnlyList<ResourceDefinition> types) => JsonBytes.Object(writer =>
    {
        writer.WriteString("kind"u8, "APIGroupList"u8);
        writer.WriteString("apiVersion"u8, "v1"u8);
        IEnumerable<string> groups = types.Select(static type => type.Resource.Group).Where(static group => group.Length > 0).Distinct();
        writer.WriteObjects("groups", groups, (writer, group) => WriteGroup(writer, group, VersionsOf(group, types)));
    });

    /// <exception cref="ApiException">There is no such group.</exception>
    public static byte[] Group(string group, IReadOnlyList<ResourceDefinition> types)
    {
        string[] versions = VersionsOf(group, types);
        if (group.Length == 0 || versions.Length == 0)
            throw Refusal.UnknownPath();

        return JsonBytes.Object(writer =>
        {
            writer.WriteString("kind"u8, "APIGroup"u8);
            writer.WriteString("apiVersion"u8, "v1"u8);
            WriteGroup(writer, group, versions);
        });
    }

    /// <exception cref="ApiException">There is no such group and version.</exception>
    public static byte[] Resources(string group, string version, IReadOnlyList<ResourceDefinition> types)
    {
        ResourceDefinition[] found = [.. types.Where(type => type.Resource.Group == group && type.Resource.Version == version)];
        if (found.Length == 0)
            throw Refusal.UnknownPath();

        return JsonBytes.Object(writer =>
        {
            writer.WriteString("kind"u8, "APIResourceList"u8);
            writer.WriteString("apiVersion"u8, "v1"u8);
            writer.WriteString("groupVersion"u8, found[0].Resource.ApiVersion);
            writer.WriteStartArray("resources"u8);
            foreach (ResourceDefinition type in found)
            {
                WriteResource(writer, type, type.Resource.Plural, type.Singular, SelfReviews.Contains(type) ? ReviewVerbs : ObjectVerbs);
                if (type.HasStatus)
                    WriteResource(writer, type, $"{type.Resource.Plural}/status", string.Empty, StatusVerbs);

                if (type.Scale is not null)
                    WriteScale(writer, type);
            }

            writer.WriteEndArray();
        });
    }

    private static string[] VersionsOf(string group, IReadOnlyList<ResourceDefinition> types) =>
        [.. types.Where(type => type.Resource.Group == group).Select(static type => type.Resource.Version).Distinct()];

    private static void WriteGroup(Utf8JsonWriter writer, string group, string[] versions)
    {
        writer.WriteString("name"u8, group);
        writer.WriteObjects("versions", versions, (writer, version) => WriteVersion(writer, group, version));
        writer.WriteObject("preferredVersion", _ => WriteVersion(writer, group, versions[0]));
    }

    private static void WriteVersion(Utf8JsonWriter writer, string group, string version)
    {
        writer.WriteString("groupVersion"u8, $"{group}/{version}");
        writer.WriteString("version"u8, version);
    }

    private static void WriteScale(Utf8JsonWriter writer, ResourceDefinition type)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, $"{type.Resource.Plural}/scale");
        writer.WriteString("singularName"u8, string.Empty);
        writer.WriteBoolean("namespaced"u8, type.Scope == ResourceScope.Namespaced);
        writer.WriteString("group"u8, "autoscaling"u8);
        writer.WriteString("version"u8, "v1"u8);
        writer.WriteString("kind"u8, "Scale"u8);
        writer.WriteStrings("verbs", StatusVerbs);
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, ResourceDefinition type, string name, string singular, string[] verbs)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("singularName"u8, singular);
        writer.WriteBoolean("namespaced"u8, type.Scope == ResourceScope.Namespaced);
        writer.WriteString("kind"u8, type.Kind);
        writer.WriteStrings("verbs", verbs);
        if (singular.Length > 0 && type.ShortNames.Count > 0)
            writer.WriteStrings("shortNames", type.ShortNames);

        if (singular.Length > 0 && type.Categories.Count > 0)
            writer.WriteStrings("categories", type.Categories);

        writer.WriteEndObject();
    }
}
