using BuildController.Informers.Api;

namespace BuildController.Informers.Events;

/// <summary>Names the object that an event is about (core/v1 ObjectReference).</summary>
public sealed record ObjectReference
{
    /// <summary>The object's <c>apiVersion</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The object's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace; null for a cluster-scoped object.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>The object's UID, so that the event is not taken for one of a later object of the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>The object's version when the event happened.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>
    /// The part of the object that the event is about, as <c>spec.containers{build}</c>; null for the whole. Events about
    /// different parts are counted apart.
    /// </summary>
    public string? FieldPath { get; init; }

    /// <summary>Refers to an object.</summary>
    public static ObjectReference To<T>(ResourceType<T> type, T value)
        where T : class
    {
        MetadataView metadata = type.Metadata(value);
        return new ObjectReference
        {
            ApiVersion = type.Resource.ApiVersion,
            Kind = type.Kind,
            Namespace = metadata.Key.IsNamespaced ? metadata.Key.Namespace : null,
            Name = metadata.Key.Name,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
        };
    }

    /// <summary><c>kind namespace/name</c>, or <c>kind name</c> for a cluster-scoped object.</summary>
    public override string ToString() => string.IsNullOrEmpty(Namespace) ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
