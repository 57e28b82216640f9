using System.Text.Json.Nodes;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>Takes out of an object what its schema does not name.</summary>
internal sealed class Pruner
{
    private readonly List<string> unknown = [];

    /// <returns>The paths of what was taken out, in order.</returns>
    public static IReadOnlyList<string> Prune(JsonObject root, SchemaNode schema)
    {
        var pruner = new Pruner();
        pruner.Visit(root, schema, string.Empty, isResource: true);
        pruner.unknown.Sort(StringComparer.Ordinal);
        return pruner.unknown;
    }

    /// <summary>Prunes a value that is no object of the API.</summary>
    public static void PruneValue(JsonNode? value, SchemaNode schema) => new Pruner().Visit(value, schema, string.Empty, schema.IsEmbeddedResource);

    /// <param name="value">The value.</param>
    /// <param name="schema">Its schema; null where there is none, so that an object keeps nothing.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="isResource">Whether its header and its metadata are others' concern.</param>
    /// <param name="inKeptList">Whether it is an item of a list that keeps what it does not know.</param>
    private void Visit(JsonNode? value, SchemaNode? schema, string path, bool isResource, bool inKeptList = false)
    {
        bool keeps = inKeptList || schema?.PreservesUnknownFields == true;
        switch (value)
        {
            case JsonObject members:
                foreach (string name in members.Select(static member => member.Key).ToArray())
                {
                    if (!(isResource && IsHeader(name)))
                        VisitMember(members, name, schema, path, keeps);
                }

                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                    Visit(items[i], schema?.Items, $"{path}[{i}]", schema?.Items?.IsEmbeddedResource == true, keeps);

                break;
        }
    }

    private void VisitMember(JsonObject members, string name, SchemaNode? schema, string path, bool keeps)
    {
        string place = path.Length == 0 ? name : $"{path}.{name}";
        if (schema is not null && schema.Properties.TryGetValue(name, out SchemaNode? member))
        {
            Visit(members[name], member, place, member.IsEmbeddedResource);
        }
        else if (schema?.HasAdditional == true)
        {
            Visit(members[name], schema.Additional, place, schema.Additional?.IsEmbeddedResource == true);
        }
        else if (!keeps)
        {
            members.Remove(name);
            if (path.Length > 0 || !IsHeader(name))
                unknown.Add(place);
        }
    }

    private static bool IsHeader(string name) => name is "apiVersion" or "kind" or "metadata";
}
