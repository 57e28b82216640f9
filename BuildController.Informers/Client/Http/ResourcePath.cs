using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>Makes the paths of requests, and refuses keys that would lead somewhere else than meant.</summary>
internal static class ResourcePath
{
    public static string OfCollection<T>(ResourceType<T> type, string? @namespace)
        where T : class
    {
        if (string.IsNullOrEmpty(@namespace))
            return type.Resource.CollectionPath();

        if (type.Scope == ResourceScope.Cluster)
            throw new ArgumentException($"{type.Kind} is cluster-scoped: it takes no namespace.", nameof(@namespace));

        Check(@namespace, "namespace");
        return type.Resource.CollectionPath(@namespace);
    }

    public static string Of<T>(ResourceType<T> type, ObjectKey key, string? subresource = null)
        where T : class
    {
        CheckScope(type, key);
        Check(key.Name, "name");
        return type.Resource.ObjectPath(key, subresource);
    }

    /// <summary>Where an object is posted; its name may still be missing.</summary>
    public static string OfNew<T>(ResourceType<T> type, ObjectKey key)
        where T : class
    {
        CheckScope(type, key);
        return OfCollection(type, key.Namespace);
    }

    private static void CheckScope<T>(ResourceType<T> type, ObjectKey key)
        where T : class
    {
        if (type.Scope == ResourceScope.Cluster && !string.IsNullOrEmpty(key.Namespace))
            throw new ArgumentException($"{type.Kind} is cluster-scoped: {key} must have no namespace.", nameof(key));

        if (type.Scope == ResourceScope.Namespaced)
            Check(key.Namespace, "namespace");
    }

    /// <summary>Dots would be resolved, and a slash or percent sign may be decoded, somewhere on the way.</summary>
    private static void Check(string? segment, string what)
    {
        if (string.IsNullOrEmpty(segment))
            throw new ArgumentException($"The object's {what} is missing.");

        if (segment is "." or ".." || segment.AsSpan().ContainsAny('/', '%'))
            throw new ArgumentException($"'{segment}' cannot be the {what} of an object.");
    }
}
