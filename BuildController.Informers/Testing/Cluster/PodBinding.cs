using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Assigns a pod to a node, as a scheduler does: the only way for a pod's <c>spec.nodeName</c> to change.</summary>
internal static class PodBinding
{
    public const string Subresource = "binding";

    /// <exception cref="ApiException">The binding names no node, or the pod is assigned or going already.</exception>
    public static JsonObject Apply(StoredObject pod, JsonObject binding, string now)
    {
        JsonObject root = pod.ToJson();
        JsonObject spec = root.Ensure("spec");
        string node = binding.Object("target")?.Text("name") ?? string.Empty;
        if (node.Length == 0)
        {
            var errors = new FieldErrors();
            errors.Required("target.name");
            errors.ThrowIfAny(pod.Type, pod.Key.Name);
        }

        if (pod.IsDeleting)
            throw ServerErrors.Conflict(pod.Type, pod.Key.Name, $"pod {pod.Key.Name} is being deleted, cannot be assigned to a host");

        if (spec.Text("nodeName") is { Length: > 0 } assigned)
            throw ServerErrors.Conflict(pod.Type, pod.Key.Name, $"pod {pod.Key.Name} is already assigned to node \"{assigned}\"");

        spec["nodeName"] = node;
        JsonObject status = root.Ensure("status");
        status.Default("conditions", new JsonArray());
        JsonArray conditions = status.Array("conditions")!;
        conditions.RemoveAll(static one => (one as JsonObject)?.Text("type") == "PodScheduled");
        conditions.Add((JsonNode)new JsonObject { ["type"] = "PodScheduled", ["status"] = "True", ["lastTransitionTime"] = now });
        return root;
    }
}
