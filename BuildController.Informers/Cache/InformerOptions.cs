using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Which objects an informer copies, and what it keeps of them.</summary>
/// <typeparam name="T">The object type.</typeparam>
public sealed record InformerOptions<T>
    where T : class
{
    /// <summary>
    /// The one namespace to copy; empty for all; null, the default, for the factory's. For cluster-scoped resources leave it null.
    /// </summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// Several namespaces to copy into one store, with one set of handlers, each read by a list and watch of its own: for
    /// those who may not read all. The informer has synced when each has. Empty by default; then <see cref="Namespace"/> decides.
    /// </summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Which labels; null, the default, for all objects. An object that is no longer selected is deleted from the copy.</summary>
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>Which fields, for example <c>metadata.name=worker</c>; null, the default, for all objects.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>
    /// What to keep of an object, applied once to each version that comes from the server, before it is stored or told:
    /// drop here what nobody reads, to save memory. It must keep key, UID and version. When it throws, that is logged and the object
    /// kept as it came. The default, null, keeps all.
    /// </summary>
    public Func<T, T>? Transform { get; init; }

    /// <summary>Indices to have from the start, by name; see <see cref="IIndexer{T}.AddIndex"/>. Empty by default.</summary>
    public IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> Indexers { get; init; } = new Dictionary<string, Func<T, IEnumerable<string>>>(0);

    /// <summary>How to read the server; null, the default, for as the factory says.</summary>
    public ReflectorOptions? Reflector { get; init; }
}
