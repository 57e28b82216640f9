using System.Text.Json.Nodes;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Brings objects into the form that their kind has.</summary>
internal static class ObjectForm
{
    /// <summary>
    /// Takes out what the kind does not have, and what is null where nothing can be, and fills in the defaults.
    /// </summary>
    /// <returns>The paths of what was taken out.</returns>
    /// <exception cref="FormatException">Something that is embedded cannot be read.</exception>
    public static IReadOnlyList<string> Coerce(JsonObject root, ResourceDefinition type)
    {
        var unknown = new List<string>();
        if (root.Object("metadata") is { } metadata)
            unknown.AddRange(MetadataFields.Prune(metadata, "metadata"));

        if (type.Form is not { } form)
            return unknown;

        unknown.AddRange(Pruner.Prune(root, form));
        Defaulter.DropNulls(root, form);
        EmbeddedResources.Coerce(root, form, string.Empty, isRoot: true, unknown);
        Defaulter.Apply(root, form);
        return unknown;
    }

    /// <summary>
    /// Shows an object in another version of its resource. Without a conversion that knows more, that is the same object under the
    /// version's name, as far as the version has its fields.
    /// </summary>
    public static void Convert(JsonObject root, ResourceDefinition to)
    {
        root["apiVersion"] = to.Resource.ApiVersion;
        if (to.Schema is null)
            return;

        Pruner.Prune(root, to.Schema.Root);
        Defaulter.DropNulls(root, to.Schema.Root);
        Defaulter.Apply(root, to.Schema.Root);
    }
}
