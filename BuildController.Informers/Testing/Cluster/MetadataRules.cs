using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>The rules that every object's metadata obeys, whatever its kind.</summary>
internal static class MetadataRules
{
    private const int AnnotationsLimit = 256 * 1024;

    /// <summary>
    /// Brings the metadata into the form that is kept: as a server's own type would write it, without nulls and without
    /// empty lists. What has the wrong type is refused.
    /// </summary>
    public static JsonObject Normalize(ResourceDefinition type, JsonObject root)
    {
        if (root["metadata"] is not null and not JsonObject)
            throw ServerErrors.CannotBeHandled(type, type.Resource.Version, type.Kind, "json: cannot unmarshal into Go struct field .metadata of type v1.ObjectMeta");

        JsonObject metadata = root.Ensure("metadata");
        Json.RemoveNulls(metadata);
        metadata.Remove("selfLink");
        foreach (string member in new[] { "labels", "annotations", "finalizers", "ownerReferences" })
        {
            if (metadata[member] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                metadata.Remove(member);
        }

        foreach (JsonObject owner in (metadata.Array("ownerReferences") ?? []).OfType<JsonObject>())
        {
            foreach (string member in new[] { "apiVersion", "kind", "name", "uid" })
                owner.Default(member, string.Empty);
        }

        if (metadata.Array("finalizers") is { } finalizers)
            metadata["finalizers"] = new JsonArray([.. finalizers.DistinctBy(static one => one?.ToString()).Select(static one => one?.DeepClone())]);

        return metadata;
    }

    public static ObjectMeta Decode(ResourceDefinition type, JsonObject metadata)
    {
        try
        {
            return metadata.Deserialize(ApiJsonContext.Default.ObjectMeta)!;
        }
        catch (JsonException error)
        {
            throw ServerErrors.CannotBeHandled(type, type.Resource.Version, type.Kind, $"metadata: {error.Message}");
        }
    }

    public static void Validate(ResourceDefinition type, ObjectMeta metadata, FieldErrors errors)
    {
        if (metadata.Name.Length == 0)
            errors.Required("metadata.name", "name or generateName is required");
        else
        {
            foreach (string complaint in type.Rules.CheckName(metadata.Name))
                errors.Invalid("metadata.name", metadata.Name, complaint);
        }

        foreach ((string key, string value) in metadata.Labels)
        {
            foreach (string complaint in Names.CheckQualified(key))
                errors.Invalid("metadata.labels", key, complaint);

            foreach (string complaint in Names.CheckLabelValue(value))
                errors.Invalid("metadata.labels", value, complaint);
        }

        ValidateAnnotations(metadata, errors);
        ValidateOwners(metadata, errors);
        foreach (string finalizer in metadata.Finalizers)
        {
            foreach (string complaint in Names.CheckQualified(finalizer))
                errors.Invalid("metadata.finalizers", finalizer, complaint);
        }
    }

    public static void ValidateUpdate(ObjectMeta next, ObjectMeta old, FieldErrors errors)
    {
        if (next.Name != old.Name)
            errors.Invalid("metadata.name", next.Name, "field is immutable");

        if (next.Uid != old.Uid)
            errors.Invalid("metadata.uid", next.Uid ?? string.Empty, "field is immutable");

        if (old.DeletionTimestamp is null)
            return;

        string[] added = [.. next.Finalizers.Except(old.Finalizers)];
        if (added.Length > 0)
        {
            errors.Forbidden("metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(static one => $"\"{one}\""))}}}");
        }
    }

    private static void ValidateAnnotations(ObjectMeta metadata, FieldErrors errors)
    {
        long size = 0;
        foreach ((string key, string value) in metadata.Annotations)
        {
            foreach (string complaint in Names.CheckQualified(key.ToLowerInvariant()))
                errors.Invalid("metadata.annotations", key, complaint);

            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (size > AnnotationsLimit)
            errors.TooLong("metadata.annotations", AnnotationsLimit);
    }

    private static void ValidateOwners(ObjectMeta metadata, FieldErrors errors)
    {
        string? controller = null;
        foreach (OwnerReference owner in metadata.OwnerReferences)
        {
            Check("apiVersion", owner.ApiVersion, "version must not be empty");
            Check("kind", owner.Kind, "kind must not be empty");
            Check("name", owner.Name, "name must not be empty");
            Check("uid", owner.Uid, "uid must not be empty");
            if (owner.Controller != true)
                continue;

            if (controller is not null)
                errors.Invalid("metadata.ownerReferences", owner.Name, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {owner.Name}");

            controller = owner.Name;
        }

        void Check(string member, string value, string complaint)
        {
            if (value.Length == 0)
                errors.Invalid($"metadata.ownerReferences.{member}", value, complaint);
        }
    }
}
