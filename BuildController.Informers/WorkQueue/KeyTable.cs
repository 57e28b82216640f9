using System.Numerics;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// Finds the slot of a key. A slot keeps its index and its place in memory as long as it is in use, so the queue's lists and
/// its heap link slots by index and never look a key up. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// A dictionary of structs would do, were it not for its price: it hashes at every step from list to list, and copies all
/// entries when it grows. Here slots lie in pages, and growing rebuilds the buckets only.
/// </remarks>
internal sealed class KeyTable<TKey>(IEqualityComparer<TKey> comparer)
    where TKey : notnull
{
    private const int None = KeySlot<TKey>.None;
    private const int FirstBuckets = 16;

    private readonly Pages<KeySlot<TKey>> slots = new();
    private int used;
    private int free = None;

    /// <summary>Index plus one of the first slot of each hash, so that a new array is empty; a power of two of them.</summary>
    private int[] buckets = new int[FirstBuckets];
    private int shift = 32 - BitOperations.Log2(FirstBuckets);

    public int Count { get; private set; }

    public ref KeySlot<TKey> this[int slot] => ref slots[slot];

    public int HashOf(TKey key) => comparer.GetHashCode(key);

    /// <returns>The slot, or <see cref="KeySlot{TKey}.None"/>.</returns>
    public int Find(TKey key, int hash)
    {
        int slot = buckets[BucketOf(hash)] - 1;
        while (slot >= 0)
        {
            ref KeySlot<TKey> candidate = ref this[slot];
            if (candidate.Hash == hash && comparer.Equals(candidate.Key, key))
                return slot;

            slot = candidate.NextOfHash;
        }

        return None;
    }

    /// <summary>Gives an idle slot to a key that has none.</summary>
    public int Add(TKey key, int hash)
    {
        if (Count == buckets.Length)
            Grow();

        int slot = TakeFree();
        ref int bucket = ref buckets[BucketOf(hash)];
        ref KeySlot<TKey> added = ref this[slot];
        added.Key = key;
        added.Hash = hash;
        added.NextOfHash = bucket - 1;
        added.DelayPosition = None;
        bucket = slot + 1;
        Count++;
        return slot;
    }

    /// <summary>Frees a slot, and keeps nothing of its key.</summary>
    public void Remove(int slot)
    {
        ref KeySlot<TKey> removed = ref this[slot];
        ref int link = ref buckets[BucketOf(removed.Hash)];
        if (link - 1 == slot)
        {
            link = removed.NextOfHash + 1;
        }
        else
        {
            int before = link - 1;
            while (this[before].NextOfHash != slot)
                before = this[before].NextOfHash;

            this[before].NextOfHash = removed.NextOfHash;
        }

        removed = default;
        removed.NextOfHash = free;
        free = slot;
        if (--Count == 0)
            ReleaseMemory();
    }

    /// <summary>Fibonacci hashing: the upper bits of the product depend on all bits of the hash, also where hashes are small numbers.</summary>
    private int BucketOf(int hash) => (int)(((uint)hash * 2654435769u) >> shift);

    private int TakeFree()
    {
        if (free != None)
        {
            int slot = free;
            free = this[slot].NextOfHash;
            return slot;
        }

        slots.EnsureRoomFor(used);
        return used++;
    }

    /// <summary>A burst of keys is worked off: its memory is not kept for the next one.</summary>
    private void ReleaseMemory()
    {
        if (!slots.TryRelease())
            return;

        used = 0;
        free = None;
        buckets = new int[FirstBuckets];
        shift = 32 - BitOperations.Log2(FirstBuckets);
    }

    private void Grow()
    {
        int[] old = buckets;
        buckets = new int[old.Length * 4];
        shift = 32 - BitOperations.Log2((uint)buckets.Length);
        foreach (int first in old)
        {
            for (int slot = first - 1; slot >= 0;)
            {
                ref KeySlot<TKey> moved = ref this[slot];
                ref int bucket = ref buckets[BucketOf(moved.Hash)];
                int next = moved.NextOfHash;
                moved.NextOfHash = bucket - 1;
                bucket = slot + 1;
                slot = next;
            }
        }
    }
}
