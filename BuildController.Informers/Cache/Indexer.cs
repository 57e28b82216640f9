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
    private ulong edits;

    public StoreSnapshot<T> Current => current;

    public int Count => current.Count;

    public IReadOnlyList<string> IndexNames => [.. current.Indices.Select(static index => index.Name)];

    /// <summary>Makes changes that readers see all at once, or not at all if one throws; one caller at a time.</summary>
    public void Update<TState>(TState state, Action<StoreEditor<T>, TState> change)
    {
        lock (writing)
        {
            // A number must never come twice: after four thousand million batches, each change copies its path.
            var editor = new StoreEditor<T>(type, current, ++edits <= uint.MaxValue ? (uint)edits : 0);
            change(editor, state);
            current = editor.ToSnapshot();
        }
    }

    public T? Find(ObjectKey key) => current.Find(key);

    public IReadOnlyCollection<T> List(string? @namespace = null, LabelSelector? selector = null)
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
        lock (writing)
        {
            if (current.FindIndex(name) is { } present)
            {
                if (present.Source != values)
                    throw new ArgumentException($"Another index is named '{name}'.", nameof(name));

                return;
            }

            var index = new NamedIndex<T>(name, values, item => ValuesOf(name, values, item), new IndexMap<T>(type));
            Update(index, static (store, added) => store.AddIndex(added));
        }
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
            return Distinct(values(item));
        }
#pragma warning disable CA1031 // Whatever a caller's function throws concerns this index alone.
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.IndexFunctionFailed(error, name, type.Resource, type.KeyOf(item));
            return [];
        }
    }

    private static string[] Distinct(IEnumerable<string> values)
    {
        string? first = null;
        List<string>? all = null;
        foreach (string? value in values)
        {
            if (first is null)
                first = value;
            else if (value is not null && value != first && all?.Contains(value) != true)
                (all ??= [first]).Add(value);
        }

        return all?.ToArray() ?? (first is null ? [] : [first]);
    }
}
