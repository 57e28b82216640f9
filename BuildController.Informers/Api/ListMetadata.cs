namespace BuildController.Informers.Api;

/// <summary>What a list says of itself, beside its items.</summary>
public sealed record ListMetadata
{
    /// <summary>The version that the list shows: the one to watch from. Opaque.</summary>
    public string ResourceVersion { get => field ?? string.Empty; init; }

    /// <summary>The token that fetches the next page, or null on the last page.</summary>
    public string? Continue { get; init; }

    /// <summary>How many items are behind the next pages, if the server knows.</summary>
    public long? RemainingItemCount { get; init; }
}

/// <summary>One page of a list, or all of it.</summary>
/// <typeparam name="T">The object type.</typeparam>
/// <param name="Items">The objects, in the server's order.</param>
/// <param name="Metadata">The list's own version and its token for the next page.</param>
public sealed record ResourceList<T>(IReadOnlyList<T> Items, ListMetadata Metadata)
    where T : class;
