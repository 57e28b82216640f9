using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>A call to a <see cref="FakeClientset"/>.</summary>
public sealed record FakeRequest
{
    /// <summary><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>, as access rules name them.</summary>
    public required string Verb { get; init; }

    /// <summary>The resource.</summary>
    public required GroupVersionResource Resource { get; init; }

    /// <summary>For example <c>status</c>, or null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>The object; for a list or a watch its name is empty, and so is its namespace where all are meant.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The object or the patch that was sent, as UTF-8 JSON; empty if nothing was.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How the body of a patch is to be understood; null for other verbs.</summary>
    public PatchKind? PatchKind { get; init; }

    /// <summary>Who owns the fields that a server-side apply sets; null for everything else.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Whether a server-side apply takes fields that others own.</summary>
    public bool Force { get; init; }

    /// <summary>What a list asked for; null for other verbs.</summary>
    public ListOptions? ListOptions { get; init; }

    /// <summary>What a watch asked for; null for other verbs.</summary>
    public WatchOptions? WatchOptions { get; init; }

    /// <summary>How a delete was asked for; null for other verbs.</summary>
    public DeleteOptions? DeleteOptions { get; init; }

    /// <summary>Whether it may change something.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete";

    /// <summary>The object that a create or an update sent.</summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">How to read it; any type of the resource will do, a projection too.</param>
    /// <exception cref="InvalidOperationException">The call sent no object, or one of another resource.</exception>
    public T Object<T>(ResourceType<T> type)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        if (Verb is not ("create" or "update"))
            throw new InvalidOperationException($"'{this}' sent no object{(Verb == "patch" ? ": read PatchJson" : string.Empty)}.");

        return type.Resource == Resource ? type.Read(Body.Span) : throw new InvalidOperationException($"'{this}' sent no {type}.");
    }

    /// <summary>The patch that was sent: an object, or for a JSON patch the list of its operations.</summary>
    /// <returns>A tree of the caller's own.</returns>
    /// <exception cref="InvalidOperationException">The call sent no patch.</exception>
    public JsonNode PatchJson() => Verb == "patch"
        ? Json.Parse(Body.Span)!
        : throw new InvalidOperationException($"'{this}' sent no patch{(IsWrite && Verb != "delete" ? ": read Object" : string.Empty)}.");

    /// <summary><c>verb plural[/subresource] key</c>: what a test compares to see the calls in order.</summary>
    public override string ToString()
    {
        string target = Subresource is null ? Resource.Plural : $"{Resource.Plural}/{Subresource}";
        string key = Key.Name.Length > 0 ? Key.ToString() : Key.Namespace;
        return key.Length > 0 ? $"{Verb} {target} {key}" : $"{Verb} {target}";
    }
}

/// <summary>An answer of a <see cref="FakeClientset"/>: of its members the one that the verb calls for.</summary>
public sealed record FakeResponse
{
    /// <summary>The object, for <c>get</c>, <c>create</c>, <c>update</c> and <c>patch</c>, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Object { get; init; }

    /// <summary>The list, for <c>list</c>.</summary>
    public StoredList? List { get; init; }

    /// <summary>With what a list breaks off after its items; null if it comes whole.</summary>
    internal ApiException? BreaksOff { get; init; }

    /// <summary>The stream, for <c>watch</c>.</summary>
    public IAsyncEnumerable<StoredEvent>? Events { get; init; }

    /// <summary>Answers an object.</summary>
    public static FakeResponse Of(JsonObject value) => new() { Object = Json.Bytes(value) };

    /// <summary>Answers an object.</summary>
    public static FakeResponse Of<T>(ResourceType<T> type, T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        return new() { Object = type.Write(value) };
    }
}

/// <summary>
/// Stands between the callers of a <see cref="FakeClientset"/> and its cluster; <see cref="FakeReaction"/> has ready-made ones. Throw an <see cref="ApiException"/> to refuse,
/// await to delay, return something else to answer in the cluster's place, or call <paramref name="next"/> first and then
/// throw: the write was applied, but nobody was told.
/// </summary>
/// <param name="request">The call.</param>
/// <param name="next">What comes next: the reactor added before this one, and last the cluster.</param>
/// <param name="cancellationToken">The caller's token.</param>
public delegate Task<FakeResponse> FakeReactor(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken);
