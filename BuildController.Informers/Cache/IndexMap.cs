using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Objects by a value and, under it, by key; immutable. A value without objects takes no memory.</summary>
internal readonly struct IndexMap<T>
    where T : class
{
    private readonly ObjectKeys<T> keys;
    private readonly TrieNode buckets;

    public IndexMap(ResourceType<T> type)
        : this(new ObjectKeys<T>(type), TrieNode.Empty)
    {
    }

    private IndexMap(ObjectKeys<T> keys, TrieNode buckets)
    {
        this.keys = keys;
        this.buckets = buckets;
    }

    public Bucket<T>? Find(string value) => HashTrie<string, Bucket<T>, BucketKeys<T>>.Find(buckets, default, value);

    public T? Find(string value, ObjectKey key) =>
        Find(value) is { } bucket ? HashTrie<ObjectKey, T, ObjectKeys<T>>.Find(bucket.Items, keys, key) : null;

    public IEnumerator<Bucket<T>> GetEnumerator() => HashTrie<string, Bucket<T>, BucketKeys<T>>.Enumerate(buckets);

    public IndexMap<T> With(string value, T item, out T? previous)
    {
        Bucket<T>? bucket = Find(value);
        TrieNode items = HashTrie<ObjectKey, T, ObjectKeys<T>>.Set(bucket?.Items ?? TrieNode.Empty, keys, item, out previous);
        int count = (bucket?.Count ?? 0) + (previous is null ? 1 : 0);
        var changed = new Bucket<T>(bucket?.Value ?? value, items, count);
        return new IndexMap<T>(keys, HashTrie<string, Bucket<T>, BucketKeys<T>>.Set(buckets, default, changed, out _));
    }

    public IndexMap<T> Without(string value, ObjectKey key, out T? previous)
    {
        previous = null;
        if (Find(value) is not { } bucket)
            return this;

        TrieNode items = HashTrie<ObjectKey, T, ObjectKeys<T>>.Remove(bucket.Items, keys, key, out previous);
        if (previous is null)
            return this;

        return new IndexMap<T>(keys, bucket.Count == 1
            ? HashTrie<string, Bucket<T>, BucketKeys<T>>.Remove(buckets, default, value, out _)
            : HashTrie<string, Bucket<T>, BucketKeys<T>>.Set(buckets, default, new Bucket<T>(bucket.Value, items, bucket.Count - 1), out _));
    }
}
