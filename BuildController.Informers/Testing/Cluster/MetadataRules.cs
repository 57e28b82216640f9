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
    /// <exception cref="FormatException">It is no metadata.</exception>
    public static JsonObject Normalize(JsonObject root)
    {
        if (root["metadata"] is not null and not JsonObject)
            throw new FormatException("json: cannot unmarshal into Go struct field .metadata of type v1.ObjectMeta");

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

    /// <exception cref="FormatException">It is no metadata.</exception>
    public static ObjectMeta Decode(JsonObject metadata)
    {
        try
        {
            return metadata.Deserialize(ApiJsonContext.Default.ObjectMeta)!;
        }
        catch (JsonException error)
        {
            throw new FormatException($"metadata: {error.Message}", error);
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

        if (metadata.GenerateName is { Length: > 0 } prefix)
        {
            // A dash at its end is not the name's end.
            foreach (string complaint in type.Rules.CheckName(prefix is [.. var start, '-'] ? start + "a" : prefix))
                errors.Invalid("metadata.generateName", prefix, complaint);
        }

        ValidateParts(metadata, "metadata", errors);
    }

    /// <summary>What holds of metadata wherever it stands.</summary>
    public static void ValidateParts(ObjectMeta metadata, string path, FieldErrors errors)
    {
        foreach ((string key, string value) in metadata.Labels)
        {
            foreach (string complaint in Names.CheckQualified(key))
                errors.Invalid($"{path}.labels", key, complaint);

            foreach (string complaint in Names.CheckLabelValue(value))
                errors.Invalid($"{path}.labels", value, complaint);
        }

        ValidateAnnotations(metadata, path, errors);
        ValidateOwners(metadata, path, errors);
        foreach (string finalizer in metadata.Finalizers)
        {
            foreach (string complaint in Names.CheckQualified(finalizer))
                errors.Invalid($"{path}.finalizers", finalizer, complaint);
        }

        if (metadata.Finalizers.Contains(ObjectDeleter.Orphan) && metadata.Finalizers.Contains(ObjectDeleter.Foreground))
        {
            errors.InvalidLiteral($"{path}.finalizers", $"[]string{{{string.Join(", ", metadata.Finalizers.Select(FieldErrors.Quoted))}}}",
                $"finalizer {ObjectDeleter.Orphan} and {ObjectDeleter.Foreground} cannot be both set");
        }
    }

    public static void ValidateUpdate(ObjectMeta next, ObjectMeta old, FieldErrors errors)
    {
        if (next.Name != old.Name)
            errors.Invalid("metadata.name", next.Name, "field is immutable");

        if (next.Uid != old.Uid)
            errors.Invalid("metadata.uid", next.Uid ?? string.Empty, "field is immutable");

        if (next.DeletionTimestamp != old.DeletionTimestamp)
            errors.InvalidLiteral("metadata.deletionTimestamp", FieldErrors.Quoted(Json.Time(next.DeletionTimestamp!.Value)), "field is immutable");

        if (next.DeletionGracePeriodSeconds != old.DeletionGracePeriodSeconds)
            errors.InvalidLiteral("metadata.deletionGracePeriodSeconds", next.DeletionGracePeriodSeconds?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null", "field is immutable");

        if (old.DeletionTimestamp is null)
            return;

        string[] added = [.. next.Finalizers.Except(old.Finalizers)];
        if (added.Length > 0)
        {
            errors.Forbidden("metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(static one => $"\"{one}\""))}}}");
        }
    }

    private static void ValidateAnnotations(ObjectMeta metadata, string path, FieldErrors errors)
    {
        long size = 0;
        foreach ((string key, string value) in metadata.Annotations)
        {
            foreach (string complaint in Names.CheckQualified(key.ToLowerInvariant()))
                errors.Invalid($"{path}.annotations", key, complaint);

            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (size > AnnotationsLimit)
            errors.TooLong($"{path}.annotations", AnnotationsLimit);
    }

    private static void ValidateOwners(ObjectMeta metadata, string path, FieldErrors errors)
    {
        string? controller = null;
        foreach (OwnerReference owner in metadata.OwnerReferences)
        {
            Check("apiVersion", owner.ApiVersion, "version must not be empty");
            Check("kind", owner.Kind, "kind must not be empty");
            Check("name", owner.Name, "name must not be empty");
            Check("uid", owner.Uid, "uid must not be empty");
            if (owner is { ApiVersion: "v1", Kind: "Event" })
                errors.InvalidLiteral($"{path}.ownerReferences", FieldErrors.Quoted(owner.Name), "/v1, Kind=Event is disallowed from being an owner");

            if (owner.Controller != true)
                continue;

            string shown = $"{owner.Kind}/{owner.Name}";
            if (controller is not null)
                errors.Invalid($"{path}.ownerReferences", owner.Name, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {shown}");

            controller ??= shown;
        }

        void Check(string member, string value, string complaint)
        {
            if (value.Length == 0)
                errors.Invalid($"{path}.ownerReferences.{member}", value, complaint);
        }
    }
}
