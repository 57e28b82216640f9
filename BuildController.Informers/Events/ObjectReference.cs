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
}
