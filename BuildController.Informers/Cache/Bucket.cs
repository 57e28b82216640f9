using System.Collections;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>The objects that have one value in one index: an immutable collection.</summary>
internal sealed class Bucket<T>(string value, TrieNode items, int count) : IReadOnlyCollection<T>
    where T : class
{
    public string Value => value;

    public TrieNode Items => items;

    public int Count => count;

    public IEnumerator<T> GetEnumerator() => HashTrie<ObjectKey, T, ObjectKeys<T>>.Enumerate(items);

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
