using System.Collections;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>
/// The whole store at one moment, with its indices: immutable, so a reader that holds one sees objects and indices that
/// belong together. The objects themselves are kept as an index by namespace, which is why listing a namespace needs no other.
/// </summary>
/// <param name="Objects">The objects by namespace.</param>
/// <param name="Indices">The indices, in the order of their adding.</param>
/// <param name="Count">How many objects there are.</param>
/// <param name="ResourceVersion">The version of the last list, event or bookmark applied.</param>
internal sealed record StoreSnapshot<T>(IndexMap<T> Objects, NamedIndex<T>[] Indices, int Count, string ResourceVersion) : IReadOnlyCollection<T>
    where T : class
{
    public StoreSnapshot(ResourceType<T> type)
        : this(new IndexMap<T>(type), [], 0, string.Empty)
    {
    }

    public T? Find(ObjectKey key) => Objects.Find(key.Namespace, key);

    public IReadOnlyCollection<T> InNamespace(string value) => Objects.Find(value) ?? (IReadOnlyCollection<T>)[];

    public NamedIndex<T>? FindIndex(string name)
    {
        int index = Array.FindIndex(Indices, candidate => candidate.Name == name);
        return index < 0 ? null : Indices[index];
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (Bucket<T> bucket in Objects)
        {
            foreach (T item in bucket)
                yield return item;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
