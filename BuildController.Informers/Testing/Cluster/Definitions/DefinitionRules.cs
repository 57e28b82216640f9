using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>CustomResourceDefinitions: their defaults, what makes one valid, and what of it stays as it is.</summary>
internal sealed class DefinitionRules : ResourceRules
{
    public static readonly DefinitionRules Instance = new();

    public override bool AllowsUnconditionalUpdate => false;

    public override bool KeepsGeneration => true;

    public override SchemaNode Schema => DefinitionSchema.Node;

    /// <summary>A null is a value in a default, an example or an enum.</summary>
    public override bool DropsNulls => false;

    public override void PrepareForCreate(JsonObject root)
    {
        var names = new JsonObject { ["plural"] = string.Empty, ["kind"] = string.Empty };
        root["status"] = new JsonObject { ["conditions"] = null, ["acceptedNames"] = names, ["storedVersions"] = new JsonArray() };
        NoteStoredVersion(root);
    }

    public override void PrepareForUpdate(JsonObject next, JsonObject old) => NoteStoredVersion(next);

    /// <summary>The objects go first.</summary>
    public override void PrepareForDelete(JsonObject root, string now)
    {
        JsonObject metadata = root.Ensure("metadata");
        metadata.Default("finalizers", new JsonArray());
        JsonArray finalizers = metadata.Array("finalizers")!;
        if (!finalizers.Any(static one => one?.ToString() == DefinitionKeeper.CleanupFinalizer))
            finalizers.Add((JsonNode)DefinitionKeeper.CleanupFinalizer);

        new DefinitionStatus(root, now).Set(
            "Terminating", "True", "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon");
    }

    public override void Default(JsonObject root)
    {
        JsonObject spec = root.Ensure("spec");
        JsonObject names = spec.Ensure("names");
        string kind = names.Text("kind") ?? string.Empty;
        if (string.IsNullOrEmpty(names.Text("singular")))
            names["singular"] = kind.ToLowerInvariant();

        if (string.IsNullOrEmpty(names.Text("listKind")) && kind.Length > 0)
            names["listKind"] = kind + "List";

        spec.Default("conversion", new JsonObject { ["strategy"] = "None" });
        if (spec["preserveUnknownFields"] is JsonValue preserves && preserves.TryGetValue(out bool keeps) && !keeps)
            spec.Remove("preserveUnknownFields");
    }

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        JsonObject metadata = root.Ensure("metadata"), spec = root.Ensure("spec");
        string name = metadata.Text("name") ?? string.Empty;
        if (name != $"{spec.Object("names")?.Text("plural")}.{spec.Text("group")}")
            errors.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");

        new DefinitionSpecRules(errors).Check(spec);
        if (spec.Text("group") is { } group && (group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal) || group is "k8s.io" or "kubernetes.io"))
            CheckApproval(metadata, errors);
    }

    public override void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
        JsonObject spec = next.Ensure("spec"), present = old.Ensure("spec");
        bool isEstablished = new DefinitionStatus(old, string.Empty).Is("Established");
        if (isEstablished)
        {
            CheckSame("scope", spec.Text("scope"), present.Text("scope"));
            CheckSame("names.kind", spec.Object("names")?.Text("kind"), present.Object("names")?.Text("kind"));
        }

        CheckSame("group", spec.Text("group"), present.Text("group"));
        CheckSame("names.plural", spec.Object("names")?.Text("plural"), present.Object("names")?.Text("plural"));
        CheckStoredVersions(next, errors);

        void CheckSame(string member, string? value, string? was)
        {
            if (value != was)
                errors.Invalid($"spec.{member}", value ?? string.Empty, "field is immutable");
        }
    }

    private static void CheckStoredVersions(JsonObject root, FieldErrors errors)
    {
        JsonArray stored = root.Object("status")?.Array("storedVersions") ?? [];
        string[] names = [.. Versions(root).Select(static version => version.Text("name") ?? string.Empty)];
        if (stored.Count == 0)
            errors.InvalidLiteral("status.storedVersions", "[]", "must have at least one stored version");

        for (int i = 0; i < stored.Count; i++)
        {
            if (!names.Contains(stored[i]?.ToString()))
                errors.Invalid($"status.storedVersions[{i}]", stored[i]?.ToString() ?? string.Empty, "must appear in spec.versions");
        }
    }

    /// <summary>Groups of the project are not for everybody.</summary>
    private static void CheckApproval(JsonObject metadata, FieldErrors errors)
    {
        const string Annotation = "api-approved.kubernetes.io";
        if (string.IsNullOrEmpty(metadata.Object("annotations")?.Text(Annotation)))
            errors.Required($"metadata.annotations[{Annotation}]", "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111");
    }

    private static IEnumerable<JsonObject> Versions(JsonObject root) => (root.Object("spec")?.Array("versions") ?? []).OfType<JsonObject>();

    private static void NoteStoredVersion(JsonObject root)
    {
        JsonObject status = root.Ensure("status");
        status.Default("storedVersions", new JsonArray());
        JsonArray stored = status.Array("storedVersions")!;
        string? name = Versions(root).FirstOrDefault(static version => version.Flag("storage"))?.Text("name");
        if (name is not null && !stored.Any(one => one?.ToString() == name))
            stored.Add((JsonNode)name);
    }
}
