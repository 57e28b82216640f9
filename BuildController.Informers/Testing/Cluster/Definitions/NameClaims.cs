using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Definitions;

/// <summary>Decides which of the names that a definition asks for it gets.</summary>
internal sealed class NameClaims
{
    private readonly HashSet<string> resources = [];
    private readonly HashSet<string> kinds = [];

    public NameClaims(IEnumerable<ResourceDefinition> others)
    {
        foreach (ResourceDefinition other in others)
        {
            resources.UnionWith([other.Resource.Plural, other.Singular, .. other.ShortNames]);
            kinds.UnionWith([other.Kind, other.ListKind]);
        }
    }

    /// <param name="wanted">The names asked for.</param>
    /// <param name="had">The names that it has, which it keeps where it cannot get others.</param>
    public (JsonObject Accepted, Conflict? Conflict) Accept(JsonObject wanted, JsonObject had)
    {
        JsonObject accepted = had.Copy();
        Conflict? conflict = null;
        Take("plural", resources, "PluralConflict");
        Take("singular", resources, "SingularConflict");
        TakeShortNames();
        Take("kind", kinds, "KindConflict");
        Take("listKind", kinds, "ListKindConflict");
        accepted.TakeFrom("categories", wanted);
        return (accepted, conflict);

        void Take(string member, HashSet<string> taken, string reason)
        {
            string name = wanted.Text(member) ?? string.Empty;
            if (name != had.Text(member) && taken.Contains(name))
                conflict = new Conflict(reason, $"\"{name}\" is already in use");
            else
                accepted[member] = name;
        }

        void TakeShortNames()
        {
            string[] before = [.. (had.Array("shortNames") ?? []).Select(static one => one!.ToString())];
            string[] clashing = [.. (wanted.Array("shortNames") ?? []).Select(static one => one!.ToString()).Where(name => !before.Contains(name) && resources.Contains(name))];
            if (clashing.Length > 0)
                conflict = new Conflict("ShortNamesConflict", string.Join(", ", clashing.Select(static name => $"\"{name}\" is already in use")));
            else
                accepted.TakeFrom("shortNames", wanted);
        }
    }

    internal sealed record Conflict(string Reason, string Message);
}
