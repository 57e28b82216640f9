using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Deployments: as clients write them, with the defaults of their own fields. Nothing makes pods of them.</summary>
internal sealed class DeploymentRules : ResourceRules
{
    public static readonly DeploymentRules Instance = new();

    public override bool KeepsGeneration => true;

    public override SchemaNode Schema => KindSchemas.Deployment;

    public override void Default(JsonObject root)
    {
        JsonObject spec = root.Ensure("spec");
        if (spec["replicas"] is null)
            spec["replicas"] = 1;

        spec.Ensure("strategy").Default("type", "RollingUpdate");
    }

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        JsonObject spec = root.Object("spec") ?? [];
        if (spec.Object("selector")?.Object("matchLabels") is not { Count: > 0 } selected)
        {
            errors.Required("spec.selector");
            return;
        }

        JsonObject labels = spec.Object("template")?.Object("metadata")?.Object("labels") ?? [];
        if (selected.Any(wanted => labels.Text(wanted.Key) != wanted.Value?.GetValue<string>()))
            errors.Invalid("spec.template.metadata.labels", labels.ToJsonString(), "`selector` does not match template `labels`");

        if (spec.Object("template")?.Object("spec")?.Array("containers") is not { Count: > 0 })
            errors.Required("spec.template.spec.containers");
    }

    public override void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(next.Object("spec")?["selector"], old.Object("spec")?["selector"]))
            errors.Invalid("spec.selector", next.Object("spec")?["selector"]?.ToJsonString() ?? string.Empty, "field is immutable");
    }
}
