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
}
