using System.Collections;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>The objects that have one value in one index: a collection that changes only while the edit that made it lasts.</summary>
internal sealed class Bucket<T>(string value, TrieNode items, int count, uint edit) : IReadOnlyCollection<T>
    where T : class
{
    public string Value => value;

    public TrieNode Items { get; private set; } = items;

    public int Count { get; private set; } = count;

    public Bucket<T> With(TrieNode items, int count, uint by)
    {
        if (by == 0 || by != edit)
            return new Bucket<T>(value, items, count, by);

        Items = items;
        Count = count;
        return this;
    }

    public IEnumerator<T> GetEnumerator() => HashTrie<ObjectKey, T, ObjectKeys<T>>.Enumerate(Items);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal readonly struct ObjectKeys<T>(ResourceType<T> type) : ITrieKeys<ObjectKey, T>
    where T : class
{
    public ObjectKey KeyOf(T item) => type.KeyOf(item);

    public uint HashOf(ObjectKey key) => StableHash.Of(key);
}

internal readonly struct BucketKeys<T> : ITrieKeys<string, Bucket<T>>
    where T : class
{
    public string KeyOf(Bucket<T> item) => item.Value;

    public uint HashOf(string key) => StableHash.Of(key);
}
