using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>
/// Makes the next snapshot from one. What it copies it owns, and changes in place from then on: a batch copies each path
/// once, however many of its changes lie on it. One thread, and not after <see cref="ToSnapshot"/>.
/// </summary>
/// <param name="type">The object type.</param>
/// <param name="from">The snapshot to start from; it does not change.</param>
/// <param name="edit">The number of the edit, of no other before; 0 to copy at every change.</param>
internal sealed class StoreEditor<T>(ResourceType<T> type, StoreSnapshot<T> from, uint edit)
    where T : class
{
    private readonly NamedIndex<T>[] indices = from.Indices.AsSpan().ToArray();
    private IndexMap<T> objects = from.Objects;
    private NamedIndex<T>? added;

    public int Count { get; private set; } = from.Count;

    public string ResourceVersion { get; set; } = from.ResourceVersion;

    public T? Find(ObjectKey key) => objects.Find(key.Namespace, key);

    /// <summary>The objects of a namespace, or with null all. Do not change the store while enumerating them.</summary>
    public IReadOnlyCollection<T> List(string? @namespace) => @namespace is null ? ToSnapshot() : objects.Find(@namespace) ?? (IReadOnlyCollection<T>)[];

    /// <summary>Adds an object, or puts it in the place of the one with its key, which it returns.</summary>
    public T? Set(T item)
    {
        ObjectKey key = type.KeyOf(item);
        objects = objects.With(key.Namespace, key, item, edit, out T? previous);
        Count += previous is null ? 1 : 0;
        Reindex(key, previous, item);
        return previous;
    }

    /// <summary>Removes an object and returns it, or null if there is none.</summary>
    public T? Remove(ObjectKey key)
    {
        objects = objects.Without(key.Namespace, key, edit, out T? previous);
        if (previous is null)
            return null;

        Count--;
        Reindex(key, previous, null);
        return previous;
    }

    /// <summary>Adds an index, at most one in an edit, and takes all objects into it.</summary>
    public void AddIndex(NamedIndex<T> index)
    {
        foreach (T item in List(null))
            index = index.Changing(type.KeyOf(item), null, item, edit);

        added = index;
    }

    public StoreSnapshot<T> ToSnapshot() =>
        new(objects, added is { } index ? [.. indices, index] : indices, Count, ResourceVersion);

    private void Reindex(ObjectKey key, T? old, T? now)
    {
        for (int i = 0; i < indices.Length; i++)
            indices[i] = indices[i].Changing(key, old, now, edit);
    }
}
