namespace BuildController.Informers.Client;

/// <summary>What to list, and how fresh.</summary>
public sealed record ListOptions
{
    /// <summary>Everything, from a quorum read.</summary>
    public static ListOptions Default { get; } = new();

    /// <summary>Which labels; null for all objects. The text form of <see cref="Api.LabelSelector"/>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Which fields, for example <c>metadata.name=worker</c>; null for all objects.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>
    /// How fresh: null asks for the newest state (a quorum read), <c>"0"</c> for any state that the server has at hand, any
    /// other version for one at least as fresh.
    /// </summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The most objects in one page; 0, the default, asks for all of them.</summary>
    public int Limit { get; init; }

    /// <summary>The token of the page before, to go on from it.</summary>
    public string? Continue { get; init; }

    /// <summary>
    /// Called for each object that cannot be decoded but still be told from others by its name, in its place in the server's order, never
    /// concurrently; the list then goes on. The default, null, fails the whole list with <see cref="Api.ApiErrorReason.MalformedResponse"/>.
    /// </summary>
    public Action<UndecodableObject>? OnUndecodable { get; init; }
}
