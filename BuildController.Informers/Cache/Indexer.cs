using BuildController.Informers.Api;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>
/// The store: one reference to the newest <see cref="StoreSnapshot{T}"/>. A reader takes the reference and needs no lock; a
/// writer makes the next snapshot and puts it in place, so a long listing never holds up an event.
/// </summary>
internal sealed class Indexer<T>(ResourceType<T> type, ILogger logger) : IIndexer<T>
    where T : class
{
    private readonly Lock writing = new();
    private volatile StoreSnapshot<T> current = new(type);

    public StoreSnapshot<T> Current => current;

    public int Count => current.Count;

    public IReadOnlyList<string> IndexNames => [.. current.Indices.Select(static index => index.Name)];

    /// <summary>Puts a next snapshot in place; changes are made one at a time.</summary>
    public void Update<TState>(TState state, Func<StoreSnapshot<T>, TState, StoreSnapshot<T>> change)
    {
        lock (writing)
            current = change(current, state);
    }

    public T? Find(ObjectKey key) => current.Find(key);

    public IReadOnlyCollection<T> List(string? @namespace, LabelSelector? selector)
    {
        StoreSnapshot<T> snapshot = current;
        IReadOnlyCollection<T> items = @namespace is null ? snapshot : snapshot.InNamespace(@namespace);
        return selector is null || selector.IsEverything
            ? items
            : [.. items.Where(item => selector.Matches(type.Metadata(item).Labels))];
    }

    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        Update((name, values), (snapshot, added) =>
        {
            if (snapshot.FindIndex(added.name) is { } present)
            {
                return present.Source == added.values
                    ? snapshot
                    : throw new ArgumentException($"Another index is named '{added.name}'.", nameof(name));
            }

            return snapshot.WithIndex(new NamedIndex<T>(added.name, added.values, item => ValuesOf(added.name, added.values, item), new IndexMap<T>(type)));
        });
    }

    public IReadOnlyCollection<T> ByIndex(string name, string value) =>
        Index(name).Map.Find(value) ?? (IReadOnlyCollection<T>)[];

    public IReadOnlyList<string> IndexValues(string name)
    {
        var values = new List<string>();
        foreach (Bucket<T> bucket in Index(name).Map)
            values.Add(bucket.Value);

        values.Sort(StringComparer.Ordinal);
        return values;
    }

    private NamedIndex<T> Index(string name) =>
        current.FindIndex(name) ?? throw new ArgumentException($"There is no index '{name}'; there are: {string.Join(", ", IndexNames)}.", nameof(name));

    private string[] ValuesOf(string name, Func<T, IEnumerable<string>> values, T item)
    {
        try
        {
            return [.. values(item).Where(static value => value is not null).Distinct(StringComparer.Ordinal)];
        }
#pragma warning disable CA1031 // Whatever a caller's function throws concerns this index alone.
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.IndexFunctionFailed(error, name, type.Resource, type.KeyOf(item));
            return [];
        }
    }
}
