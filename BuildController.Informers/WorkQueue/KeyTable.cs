using System.Numerics;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// Finds the slot of a key. A slot keeps its index as long as it is in use, so the queue's lists and its heap link slots by
/// index and never look a key up. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// A dictionary of structs would do, were it not for its price: it hashes at every step from list to list, and copies all
/// entries when it grows. Here slots lie in pages, and an index of hashes beside them, by linear probing, tells without
/// touching a slot that a key is not there: with many keys a slot is not in any processor's cache.
/// </remarks>
internal sealed class KeyTable<TKey>(IEqualityComparer<TKey> comparer)
    where TKey : notnull
{
    private const int None = KeySlot<TKey>.None;
    private const int FirstSize = 16;

    private readonly Pages<KeySlot<TKey>> slots = new();
    private int used;
    private int free = None;

    /// <summary>A power of two of places, at most four fifths of them taken.</summary>
    private Place[] index = new Place[FirstSize];
    private int shift = ShiftOf(FirstSize);

    public int Count { get; private set; }

    public ref KeySlot<TKey> this[int slot] => ref slots[slot];

    public int HashOf(TKey key) => comparer.GetHashCode(key);

    /// <returns>The slot, or <see cref="KeySlot{TKey}.None"/>.</returns>
    public int Find(TKey key, int hash)
    {
        Place[] places = index;
        for (int i = HomeOf(hash); ; i = (i + 1) & (places.Length - 1))
        {
            Place place = places[i];
            if (place.IsFree)
                return None;

            if (place.Hash == hash && comparer.Equals(slots[place.Slot].Key, key))
                return place.Slot;
        }
    }

    /// <summary>Gives an idle slot to a key that has none.</summary>
    public int Add(TKey key, int hash)
    {
        if ((Count + 1) * 5L > index.Length * 4L)
            Grow();

        int slot = TakeFree();
        ref KeySlot<TKey> added = ref slots[slot];
        added.Key = key;
        added.Hash = hash;
        added.DelayPosition = None;
        Put(new Place(hash, slot));
        Count++;
        return slot;
    }

    /// <summary>Frees a slot, and keeps nothing of its key.</summary>
    public void Remove(int slot)
    {
        ref KeySlot<TKey> removed = ref slots[slot];
        Unindex(slot, removed.Hash);
        removed = default;
        removed.Next = free;
        free = slot;
        if (--Count == 0)
            ReleaseMemory();
    }

    private static int ShiftOf(int size) => 32 - BitOperations.Log2((uint)size);

    /// <summary>Fibonacci hashing: the upper bits of the product depend on all bits of the hash, also where hashes are small numbers.</summary>
    private int HomeOf(int hash) => (int)(((uint)hash * 2654435769u) >> shift);

    private void Put(Place place)
    {
        int i = HomeOf(place.Hash);
        while (!index[i].IsFree)
            i = (i + 1) & (index.Length - 1);

        index[i] = place;
    }

    /// <summary>Takes a place out, and moves up those behind it that are not at home, so that no search ends too early.</summary>
    private void Unindex(int slot, int hash)
    {
        int mask = index.Length - 1;
        int hole = HomeOf(hash);
        while (index[hole].IsFree || index[hole].Slot != slot)
            hole = (hole + 1) & mask;

        for (int i = (hole + 1) & mask; !index[i].IsFree; i = (i + 1) & mask)
        {
            int fromHome = (i - HomeOf(index[i].Hash)) & mask;
            if (fromHome < ((i - hole) & mask))
                continue;

            index[hole] = index[i];
            hole = i;
        }

        index[hole] = default;
    }

    private int TakeFree()
    {
        if (free != None)
        {
            int slot = free;
            free = slots[slot].Next;
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
        index = new Place[FirstSize];
        shift = ShiftOf(FirstSize);
    }

    private void Grow()
    {
        Place[] old = index;
        index = new Place[old.Length * 2];
        shift = ShiftOf(index.Length);
        foreach (Place place in old)
        {
            if (!place.IsFree)
                Put(place);
        }
    }

    /// <summary>Where a hash leads. The slot is kept plus one, so that a new array is all free.</summary>
    private readonly struct Place(int hash, int slot)
    {
        private readonly int slotPlusOne = slot + 1;

        public int Hash => hash;

        public int Slot => slotPlusOne - 1;

        public bool IsFree => slotPlusOne == 0;
    }
}
