using System.Diagnostics.CodeAnalysis;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// Keys that wait for a time, each for one time only, the earliest it was given. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// A heap that knows where each key stands, because a key whose time moves forward must leave nothing behind: with entries
/// that are only marked as stale, a key that is requeued in an hour but visited each second would pile up thousands of them.
/// </remarks>
internal sealed class DelayHeap<TKey>(IEqualityComparer<TKey>? comparer)
    where TKey : notnull
{
    private readonly List<Entry> heap = [];
    private readonly Dictionary<TKey, int> positions = new(comparer);
    private long order;

    /// <summary>The time that comes first.</summary>
    public TimeSpan? NextDue => heap.Count > 0 ? heap[0].Due : null;

    /// <summary>Lets a key wait for a time, unless it waits for an earlier one.</summary>
    /// <returns>True if the first time has changed.</returns>
    public bool Add(TKey key, TimeSpan due)
    {
        var entry = new Entry(key, due, order++);
        if (positions.TryGetValue(key, out int position))
        {
            if (due >= heap[position].Due)
                return false;
        }
        else
        {
            position = heap.Count;
            heap.Add(entry);
        }

        return MoveUp(position, entry) == 0;
    }

    /// <summary>Takes the key that was due first; of equal times, the one that asked first.</summary>
    public bool TryTakeDue(TimeSpan now, [MaybeNullWhen(false)] out TKey key)
    {
        if (heap.Count == 0 || heap[0].Due > now)
        {
            key = default;
            return false;
        }

        key = heap[0].Key;
        positions.Remove(key);
        Entry last = heap[^1];
        heap.RemoveAt(heap.Count - 1);
        if (heap.Count > 0)
            MoveDown(0, last);

        return true;
    }

    public void Clear()
    {
        heap.Clear();
        positions.Clear();
    }

    private int MoveUp(int position, Entry entry)
    {
        while (position > 0)
        {
            int parent = (position - 1) / 2;
            if (!entry.IsBefore(heap[parent]))
                break;

            Place(position, heap[parent]);
            position = parent;
        }

        Place(position, entry);
        return position;
    }

    private void MoveDown(int position, Entry entry)
    {
        while ((2 * position) + 1 < heap.Count)
        {
            int child = (2 * position) + 1;
            if (child + 1 < heap.Count && heap[child + 1].IsBefore(heap[child]))
                child++;

            if (!heap[child].IsBefore(entry))
                break;

            Place(position, heap[child]);
            position = child;
        }

        Place(position, entry);
    }

    private void Place(int position, Entry entry)
    {
        heap[position] = entry;
        positions[entry.Key] = position;
    }

    private readonly record struct Entry(TKey Key, TimeSpan Due, long Order)
    {
        public bool IsBefore(in Entry other) => Due < other.Due || (Due == other.Due && Order < other.Order);
    }
}
