using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Tests.Informers.Client.Conformance;

/// <summary>The resources that the suite uses, as JSON that hides nothing: what a test writes is what is sent.</summary>
internal static class Kinds
{
    public static ResourceType<JsonObject> Namespaces { get; } = Core("namespaces", "Namespace", ResourceScope.Cluster);

    public static ResourceType<JsonObject> ConfigMaps { get; } = Core("configmaps", "ConfigMap");

    public static ResourceType<JsonObject> Secrets { get; } = Core("secrets", "Secret");

    public static ResourceType<JsonObject> ServiceAccounts { get; } = Core("serviceaccounts", "ServiceAccount");

    public static ResourceType<JsonObject> Pods { get; } = Core("pods", "Pod");

    public static ResourceType<JsonObject> Events { get; } = Core("events", "Event");

    public static ResourceType<JsonObject> Leases { get; } = Of("coordination.k8s.io", "v1", "leases", "Lease");

    public static ResourceType<JsonObject> Definitions { get; } =
        Of("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", ResourceScope.Cluster);

    public static ResourceType<JsonObject> Of(string group, string version, string plural, string kind, ResourceScope scope = ResourceScope.Namespaced) =>
        new(new GroupVersionResource(group, version, plural), kind, scope, new Codec(), View) { KeepsUnknownFields = true };

    private static ResourceType<JsonObject> Core(string plural, string kind, ResourceScope scope = ResourceScope.Namespaced) => Of(string.Empty, "v1", plural, kind, scope);

    private static MetadataView View(JsonObject value) => new()
    {
        Key = new ObjectKey(value.Text("metadata.namespace"), value.Text("metadata.name")),
        Uid = value.Text("metadata.uid"),
        ResourceVersion = value.Text("metadata.resourceVersion"),
    };

    private sealed class Codec : IObjectCodec<JsonObject>
    {
        public JsonObject Read(ref Utf8JsonReader reader) => (JsonObject)JsonNode.Parse(ref reader)!;

        public void Write(Utf8JsonWriter writer, JsonObject value) => value.WriteTo(writer);
    }
}
