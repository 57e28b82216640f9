namespace BuildController.Informers.Api;

/// <summary>Names the object that owns another: when the owner is gone, the garbage collector deletes what it owned.</summary>
public sealed record OwnerReference
{
    /// <summary>The owner's <c>apiVersion</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The owner's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The owner's name, in the namespace of the owned object or cluster-scoped.</summary>
    public required string Name { get; init; }

    /// <summary>The owner's UID: an owner created again under the same name is another owner.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether this owner is the one controller that manages the object.</summary>
    public bool? Controller { get; init; }

    /// <summary>Whether a foreground deletion of the owner waits for this object to go.</summary>
    public bool? BlockOwnerDeletion { get; init; }

    /// <summary>
    /// Names an object as an owner. <see cref="BlockOwnerDeletion"/> is left out: with it, some clusters ask for the permission to change the owner's finalizers.
    /// </summary>
    /// <typeparam name="T">The type of the owner.</typeparam>
    /// <param name="type">The resource of the owner.</param>
    /// <param name="owner">The owner, as it was read: in the namespace of the owned object, or cluster-scoped.</param>
    /// <param name="isController">Whether it is the one controller that manages the object; the default is true.</param>
    /// <exception cref="ArgumentException">The owner has no UID: it was not read from a server, or its type does not keep it.</exception>
    public static OwnerReference To<T>(ResourceType<T> type, T owner, bool isController = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(owner);
        MetadataView metadata = type.Metadata(owner);
        if (metadata.Uid.Length == 0)
            throw new ArgumentException($"{type.Kind} {metadata.Key} has no UID and owns nothing: take it as a server gave it, in a type that keeps the UID.", nameof(owner));

        return new OwnerReference
        {
            ApiVersion = type.Resource.ApiVersion,
            Kind = type.Kind,
            Name = metadata.Key.Name,
            Uid = metadata.Uid,
            Controller = isController ? true : null,
        };
    }
}
