using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Works out what an object becomes by a patch.</summary>
internal static class ObjectPatcher
{
    public static JsonObject Apply(ResourceDefinition type, JsonObject current, Patch patch)
    {
        JsonNode? change = Read(patch);
        try
        {
            JsonNode? result = patch.Kind switch
            {
                PatchKind.Json => JsonPatch.Apply(current, change),
                PatchKind.JsonMerge => MergePatch.Apply(current, AsObject(change)),
                PatchKind.StrategicMerge when type.Rules.HasMergeSchema => StrategicMergePatch.Apply(current, AsObject(change)),
                _ => throw ServerErrors.UnsupportedMediaType("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"),
            };
            return AsObject(result);
        }
        catch (FormatException error)
        {
            throw ServerErrors.BadRequest(error.Message);
        }
        catch (InvalidOperationException)
        {
            throw ServerErrors.PatchRejected();
        }
    }

    /// <summary>The object that a server-side apply wants, once it has said enough of itself.</summary>
    public static JsonObject ReadApplied(ResourceDefinition type, ObjectKey key, Patch patch)
    {
        if (Read(patch) is not JsonObject applied)
            throw ServerErrors.BadRequest("error decoding YAML: an apply patch must be an object");

        if (applied.Text("apiVersion") is null || applied.Text("kind") is null)
            throw ServerErrors.BadRequest($"Object '{(applied.Text("kind") is null ? "Kind" : "apiVersion")}' is missing in '{applied.ToJsonString()}'");

        JsonObject metadata = Metadata(type, applied);
        if (metadata.ContainsKey("managedFields"))
            throw ServerErrors.BadRequest("metadata.managedFields must be nil");

        metadata.Default("name", key.Name);
        return metadata.Text("name") == key.Name
            ? applied
            : throw ServerErrors.BadRequest($"the name of the object ({metadata.Text("name")}) does not match the name on the URL ({key.Name})");
    }

    private static JsonObject Metadata(ResourceDefinition type, JsonObject applied)
    {
        try
        {
            return MetadataRules.Normalize(applied);
        }
        catch (FormatException error)
        {
            throw ServerErrors.CannotBeHandled(type, type.Resource.Version, type.Kind, error.Message);
        }
    }

    private static JsonNode? Read(Patch patch)
    {
        try
        {
            return Json.Parse(patch.Body.Span);
        }
        catch (JsonException error)
        {
            throw ServerErrors.BadRequest($"error decoding patch: {error.Message}");
        }
    }

    private static JsonObject AsObject(JsonNode? node) =>
        node as JsonObject ?? throw new FormatException("json: cannot unmarshal into Go value of type map[string]interface {}");
}
