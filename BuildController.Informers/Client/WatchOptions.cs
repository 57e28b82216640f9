namespace BuildController.Informers.Client;

/// <summary>From which version to watch, and what.</summary>
public sealed record WatchOptions
{
    /// <summary>Watches from a list's version.</summary>
    public static WatchOptions From(string resourceVersion) => new() { ResourceVersion = resourceVersion };

    /// <summary>Which labels; null for all objects. The text form of <see cref="Api.LabelSelector"/>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Which fields, for example <c>metadata.name=worker</c>; null for all objects.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The version after which events are wanted; null or <c>"0"</c> sends the present objects as added first.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Whether the server should send bookmarks. The default is true.</summary>
    public bool AllowBookmarks { get; init; } = true;

    /// <summary>Whether to stream the list first, ended by a bookmark (KEP-3157). The default is false.</summary>
    public bool SendInitialEvents { get; init; }

    /// <summary>After how long the server should close the stream, in whole seconds; null leaves it to the server.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Called, while the next event is awaited, for each event that cannot be decoded but whose object still has a name and a version: the stream
    /// then goes on. What was deleted is never among them: there the stream fails, as it does for all with the default,
    /// null, with <see cref="Api.ApiErrorReason.MalformedResponse"/>.
    /// </summary>
    public Action<UndecodableObject>? OnUndecodable { get; init; }
}
