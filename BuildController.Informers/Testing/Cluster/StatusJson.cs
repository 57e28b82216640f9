using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>A Status as a server writes it.</summary>
internal static class StatusJson
{
    public static byte[] Write(ApiStatus status)
    {
        var root = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject() };
        foreach ((string name, JsonNode? value) in (JsonObject)JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.ApiStatus)!)
            root[name] = value?.DeepClone();

        return Json.Bytes(root);
    }
}
