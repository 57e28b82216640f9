using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Roles: rules that each say what may be done with what.</summary>
internal sealed class RoleRules : ResourceRules
{
    public static readonly RoleRules Instance = new();

    public override SchemaNode Schema => KindSchemas.Role;

    public override IEnumerable<string> CheckName(string name) => AccessNames.Check(name);

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        int index = 0;
        foreach (JsonObject rule in (root.Array("rules") ?? []).OfType<JsonObject>())
        {
            string field = $"rules[{index++}]";
            if (rule.Array("verbs") is not { Count: > 0 })
                errors.Required($"{field}.verbs");

            if (rule.Array("nonResourceURLs") is { Count: > 0 })
                continue;

            foreach (string member in new[] { "apiGroups", "resources" })
            {
                if (rule.Array(member) is not { Count: > 0 })
                    errors.Required($"{field}.{member}");
            }
        }
    }
}

/// <summary>Bindings: whom a role is given to. To which role they bind never changes.</summary>
internal sealed class RoleBindingRules : ResourceRules
{
    public static readonly RoleBindingRules Instance = new();

    public override SchemaNode Schema => KindSchemas.RoleBinding;

    public override IEnumerable<string> CheckName(string name) => AccessNames.Check(name);

    public override void Validate(JsonObject root, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(root.Object("roleRef")?.Text("name")))
            errors.Required("roleRef.name");

        int index = 0;
        foreach (JsonObject subject in (root.Array("subjects") ?? []).OfType<JsonObject>())
        {
            string field = $"subjects[{index++}]";
            if (string.IsNullOrEmpty(subject.Text("name")))
                errors.Required($"{field}.name");

            if (subject.Text("kind") == "ServiceAccount" && string.IsNullOrEmpty(subject.Text("namespace")))
                errors.Required($"{field}.namespace");
        }
    }

    public override void ValidateUpdate(JsonObject next, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(next["roleRef"], old["roleRef"]))
            errors.Invalid("roleRef", next.Object("roleRef")?.Text("name") ?? string.Empty, "cannot change roleRef");
    }
}

/// <summary>Names of roles may be any segment of a path.</summary>
internal static class AccessNames
{
    public static IEnumerable<string> Check(string name)
    {
        if (name is "." or "..")
            yield return $"may not be '{name}'";

        foreach (char letter in "/%")
        {
            if (name.Contains(letter, StringComparison.Ordinal))
                yield return $"may not contain '{letter}'";
        }
    }
}
