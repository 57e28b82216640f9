using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>The scale subresource: an object seen as nothing but its number of replicas (autoscaling/v1 Scale).</summary>
internal static class ObjectScale
{
    public const string Subresource = "scale";

    /// <exception cref="ApiException">The resource has no scale, or the object says nothing of its replicas.</exception>
    public static JsonObject Of(StoredObject value, ResourceDefinition view)
    {
        ScalePaths paths = view.Scale ?? throw ServerErrors.NoSuchResource();
        JsonObject root = value.ToJson(view);
        if (At(root, paths.SpecReplicas) is not JsonValue replicas)
            throw new ApiException(new ApiStatus { Code = 500, Reason = "InternalError", Message = $"Internal error occurred: the spec replicas field \"{paths.SpecReplicas}\" does not exist" });

        var metadata = new JsonObject();
        foreach (string member in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
            metadata.TakeFrom(member, root.Ensure("metadata"));

        var status = new JsonObject { ["replicas"] = At(root, paths.StatusReplicas)?.DeepClone() ?? 0 };
        if (paths.LabelSelector is { Length: > 0 } selector && At(root, selector) is { } labels)
            status["selector"] = labels.DeepClone();

        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = replicas.DeepClone() },
            ["status"] = status,
        };
    }

    /// <summary>What a scale becomes by a patch.</summary>
    public static JsonObject Patch(JsonObject scale, Patch patch) => ObjectPatcher.Apply(CustomResource, scale, patch);

    /// <summary>The object with the replicas of a scale.</summary>
    public static JsonObject Put(StoredObject value, ResourceDefinition view, JsonObject scale)
    {
        long replicas = scale.Object("spec")?.Number("replicas") ?? 0;
        if (replicas < 0)
        {
            var errors = new FieldErrors();
            errors.InvalidLiteral("spec.replicas", replicas.ToString(CultureInfo.InvariantCulture), "should be a non-negative integer");
            errors.ThrowIfAny(view, value.Key.Name);
        }

        JsonObject root = value.ToJson(view);
        string[] path = view.Scale!.SpecReplicas.Split('.', StringSplitOptions.RemoveEmptyEntries);
        JsonObject parent = path[..^1].Aggregate(root, static (node, member) => node.Ensure(member));
        parent[path[^1]] = replicas;
        root.Ensure("metadata").TakeFrom("resourceVersion", scale.Object("metadata")?["resourceVersion"] is null ? root.Ensure("metadata") : scale.Object("metadata")!);
        return root;
    }

    /// <summary>A scale merges as a custom resource does.</summary>
    private static ResourceDefinition CustomResource { get; } = new()
    {
        Resource = new GroupVersionResource("autoscaling", "v1", "scales"),
        Kind = "Scale",
        Scope = ResourceScope.Namespaced,
    };

    private static JsonNode? At(JsonObject root, string path)
    {
        JsonNode? node = root;
        foreach (string member in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            node = (node as JsonObject)?[member];

        return node;
    }
}
