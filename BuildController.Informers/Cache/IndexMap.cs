using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>Objects by a value and, under it, by key. A value without objects takes no memory.</summary>
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

    public IndexMap<T> With(string value, ObjectKey key, T item, uint edit, out T? previous)
    {
        Bucket<T>? bucket = Find(value);
        TrieNode items = HashTrie<ObjectKey, T, ObjectKeys<T>>.Set(bucket?.Items ?? TrieNode.Empty, keys, key, item, edit, out previous);
        if (bucket is null)
            return Having(new Bucket<T>(value, items, 1, edit), edit);

        Bucket<T> changed = bucket.With(items, bucket.Count + (previous is null ? 1 : 0), edit);
        return ReferenceEquals(changed, bucket) ? this : Having(changed, edit);
    }

    public IndexMap<T> Without(string value, ObjectKey key, uint edit, out T? previous)
    {
        previous = null;
        if (Find(value) is not { } bucket)
            return this;

        TrieNode items = HashTrie<ObjectKey, T, ObjectKeys<T>>.Remove(bucket.Items, keys, key, edit, out previous);
        if (previous is null)
            return this;

        if (bucket.Count == 1)
            return new IndexMap<T>(keys, HashTrie<string, Bucket<T>, BucketKeys<T>>.Remove(buckets, default, value, edit, out _));

        Bucket<T> changed = bucket.With(items, bucket.Count - 1, edit);
        return ReferenceEquals(changed, bucket) ? this : Having(changed, edit);
    }

    private IndexMap<T> Having(Bucket<T> bucket, uint edit) =>
        new(keys, HashTrie<string, Bucket<T>, BucketKeys<T>>.Set(buckets, default, bucket.Value, bucket, edit, out _));
}
