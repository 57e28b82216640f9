using System.Collections;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>
/// The whole store at one moment, with its indices: immutable, so a reader that holds one sees objects and indices that
/// belong together. The objects themselves are kept as an index by namespace, which is why listing a namespace needs no other.
/// </summary>
internal sealed class StoreSnapshot<T> : IReadOnlyCollection<T>
    where T : class
{
    private readonly ResourceType<T> type;
    private readonly IndexMap<T> namespaces;
    private readonly NamedIndex<T>[] indices;

    public StoreSnapshot(ResourceType<T> type)
        : this(type, new IndexMap<T>(type), [], 0, string.Empty)
    {
    }

    private StoreSnapshot(ResourceType<T> type, IndexMap<T> namespaces, NamedIndex<T>[] indices, int count, string resourceVersion)
    {
        this.type = type;
        this.namespaces = namespaces;
        this.indices = indices;
        Count = count;
        ResourceVersion = resourceVersion;
    }

    public int Count { get; }

    /// <summary>How far the store has come: the version of the last list, event or bookmark applied.</summary>
    public string ResourceVersion { get; }

    public IReadOnlyList<NamedIndex<T>> Indices => indices;

    public T? Find(ObjectKey key) => namespaces.Find(key.Namespace, key);

    public IReadOnlyCollection<T> InNamespace(string value) => namespaces.Find(value) ?? (IReadOnlyCollection<T>)[];

    public NamedIndex<T>? FindIndex(string name)
    {
        int index = Array.FindIndex(indices, candidate => candidate.Name == name);
        return index < 0 ? null : indices[index];
    }

    public StoreSnapshot<T> With(T item, out T? previous)
    {
        ObjectKey key = type.KeyOf(item);
        IndexMap<T> changed = namespaces.With(key.Namespace, item, out previous);
        return new StoreSnapshot<T>(type, changed, Reindexed(key, previous, item), Count + (previous is null ? 1 : 0), ResourceVersion);
    }

    public StoreSnapshot<T> Without(ObjectKey key, out T? previous)
    {
        IndexMap<T> changed = namespaces.Without(key.Namespace, key, out previous);
        return previous is null ? this : new StoreSnapshot<T>(type, changed, Reindexed(key, previous, null), Count - 1, ResourceVersion);
    }

    public StoreSnapshot<T> At(string resourceVersion) => resourceVersion.Length == 0 || resourceVersion == ResourceVersion
        ? this
        : new StoreSnapshot<T>(type, namespaces, indices, Count, resourceVersion);

    public StoreSnapshot<T> WithIndex(NamedIndex<T> index)
    {
        foreach (T item in this)
            index = index.Changing(type.KeyOf(item), null, item);

        return new StoreSnapshot<T>(type, namespaces, [.. indices, index], Count, ResourceVersion);
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (Bucket<T> bucket in namespaces)
        {
            foreach (T item in bucket)
                yield return item;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private NamedIndex<T>[] Reindexed(ObjectKey key, T? old, T? now) =>
        indices.Length == 0 ? indices : Array.ConvertAll(indices, index => index.Changing(key, old, now));
}
