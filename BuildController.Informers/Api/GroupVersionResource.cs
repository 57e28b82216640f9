namespace BuildController.Informers.Api;

/// <summary>Names a resource as URLs do, for example <c>machineconfiguration.openshift.io/v1 machineconfigpools</c>.</summary>
/// <param name="Group">The API group, or the empty string for the core group.</param>
/// <param name="Version">The version within the group, for example <c>v1</c>.</param>
/// <param name="Plural">The plural, lower-case resource name, for example <c>configmaps</c>.</param>
public readonly record struct GroupVersionResource(string Group, string Version, string Plural)
{
    /// <summary>The <c>apiVersion</c> of objects of this resource: <c>group/version</c>, or <c>version</c> in the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>plural</c> or <c>plural.group</c>, as an API server names the resource in its errors.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>
    /// The URL path of the collection, without a leading slash: <c>api/v1/…</c> for the core group and
    /// <c>apis/group/version/…</c> for the others.
    /// </summary>
    /// <param name="namespace">The namespace, or null for the collection over all namespaces or of a cluster-scoped resource.</param>
    public string CollectionPath(string? @namespace = null)
    {
        string root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        return string.IsNullOrEmpty(@namespace)
            ? $"{root}/{Plural}"
            : $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}";
    }

    /// <summary>The URL path of one object, without a leading slash.</summary>
    /// <param name="key">The object.</param>
    /// <param name="subresource">For example <c>status</c>, or null for the object itself.</param>
    public string ObjectPath(ObjectKey key, string? subresource = null)
    {
        string path = $"{CollectionPath(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    /// <summary><c>group/version/plural</c>, for logs.</summary>
    public override string ToString() => $"{ApiVersion}/{Plural}";
}
