using System.Text.Json;
using BuildController.Host.Manifests;
using BuildController.Host.Server;

namespace BuildController.Tests.Host.Manifests;

/// <summary>One verb that a role of the manifests grants on one resource.</summary>
/// <param name="Namespace">Where it holds; null for everywhere.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resource">The plural, with the subresource.</param>
/// <param name="Name">The one object that it holds for; null for all.</param>
/// <param name="Verb">The verb.</param>
internal sealed record AccessRule(string? Namespace, string Group, string Resource, string? Name, string Verb)
{
    public static ManifestSettings Settings { get; } = new()
    {
        Namespace = "openshift-machine-config-operator", Lease = "machine-os-builder", Image = "registry.example.com/worker:1",
    };

    /// <summary>The documents of manifests.</summary>
    public static IReadOnlyList<JsonElement> Documents(string yaml) => [.. yaml.Split("\n---\n").Select(static document => JsonElement.Parse(YamlToJson.Convert(document)))];

    /// <summary>What the manifests grant to a service account, by whatever binding.</summary>
    public static IReadOnlyList<AccessRule> Of(string account)
    {
        IReadOnlyList<JsonElement> documents = Documents(ManifestText.Write(Settings));
        var rules = new List<AccessRule>();
        foreach (JsonElement binding in documents.Where(static one => Text(one, "kind") is "RoleBinding" or "ClusterRoleBinding"))
        {
            if (!binding.GetProperty("subjects").EnumerateArray().Any(subject => Text(subject, "name") == account))
                continue;

            JsonElement role = binding.GetProperty("roleRef");
            JsonElement[] found = [.. documents.Where(one => Text(one, "kind") == Text(role, "kind") && Text(one.GetProperty("metadata"), "name") == Text(role, "name")
                && NamespaceOf(one) == (Text(role, "kind") == "Role" ? NamespaceOf(binding) : null))];
            foreach (JsonElement rule in found.SelectMany(static one => one.GetProperty("rules").EnumerateArray()))
            {
                IEnumerable<string?> names = rule.TryGetProperty("resourceNames", out JsonElement only) ? Strings(only) : new string?[] { null };
                rules.AddRange(
                    from @group in Strings(rule.GetProperty("apiGroups"))
                    from resource in Strings(rule.GetProperty("resources"))
                    from name in names
                    from verb in Strings(rule.GetProperty("verbs"))
                    select new AccessRule(NamespaceOf(binding), @group, resource, name, verb));
            }
        }

        return rules;
    }

    private static string? NamespaceOf(JsonElement item) => item.GetProperty("metadata").TryGetProperty("namespace", out JsonElement found) ? found.GetString() : null;

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(static item => item.GetString()!)];
}
