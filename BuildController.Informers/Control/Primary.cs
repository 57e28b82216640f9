using BuildController.Informers.Api;

namespace BuildController.Informers.Control;

/// <summary>What a controller is for, as others refer to it.</summary>
/// <param name="Group">The API group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Scope">Whether its objects live in namespaces.</param>
internal sealed record Primary(string Group, string Kind, ResourceScope Scope)
{
    /// <summary>The owners of an object that are of this kind. They live in its namespace, or in none.</summary>
    public IEnumerable<ObjectKey> KeysOfOwners(MetadataView owned, bool anyOwner)
    {
        foreach (OwnerReference owner in owned.OwnerReferences)
        {
            if (owner.Kind == Kind && GroupOf(owner.ApiVersion) == Group && (anyOwner || owner.Controller == true))
                yield return KeyOf(owned, owner.Name);
        }
    }

    /// <summary>The object that another one names in a label.</summary>
    public IEnumerable<ObjectKey> KeyOfLabel(MetadataView labelled, string label) =>
        labelled.Labels.TryGetValue(label, out string? name) && name.Length > 0 ? [KeyOf(labelled, name)] : [];

    private ObjectKey KeyOf(MetadataView near, string name) => new(Scope == ResourceScope.Namespaced ? near.Key.Namespace : string.Empty, name);

    private static string GroupOf(string apiVersion)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? string.Empty : apiVersion[..slash];
    }
}
