namespace BuildController.Informers.WorkQueue;

/// <summary>
/// Slots that wait for a time, each for one time only, the earliest it was given. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// A heap whose slots know where they stand, because a key whose time moves forward must leave nothing behind: with entries
/// that are only marked as stale, a key that is requeued in an hour but visited each second would pile up thousands of them.
/// </remarks>
internal sealed class DelayHeap<TKey>(KeyTable<TKey> table)
    where TKey : notnull
{
    private readonly Pages<DelayedKey> heap = new();
    private long order;

    public int Count { get; private set; }

    /// <summary>The time that comes first.</summary>
    public TimeSpan? NextDue => Count > 0 ? heap[0].Due : null;

    /// <summary>With which priority a slot that waits will be ready.</summary>
    public int PriorityOf(int slot) => heap[table[slot].DelayPosition].Priority;

    /// <summary>
    /// Lets a slot wait for a time, unless it waits for an earlier one. The higher priority stays, and the reasons of both.
    /// </summary>
    /// <returns>True if the first time has changed.</returns>
    public bool Add(int slot, TimeSpan due, int priority, WorkReasons? reasons)
    {
        var entry = new DelayedKey(slot, due, order++, priority, reasons);
        int position = table[slot].DelayPosition;
        if (position == KeySlot<TKey>.None)
        {
            position = Count++;
            heap.EnsureRoomFor(position);
        }
        else
        {
            DelayedKey waiting = heap[position];
            priority = Math.Max(priority, waiting.Priority);
            reasons = WorkReasons.Merge(waiting.Reasons, reasons);
            if (due >= waiting.Due)
            {
                heap[position] = waiting with { Priority = priority, Reasons = reasons };
                return false;
            }

            entry = entry with { Priority = priority, Reasons = reasons };
        }

        return MoveUp(position, entry) == 0;
    }

    /// <summary>Takes the slot that was due first; of equal times, the one that asked first.</summary>
    public bool TryTakeDue(TimeSpan now, out DelayedKey taken)
    {
        if (Count == 0 || heap[0].Due > now)
        {
            taken = default;
            return false;
        }

        taken = heap[0];
        table[taken.Slot].DelayPosition = KeySlot<TKey>.None;
        DelayedKey last = heap[--Count];
        heap[Count] = default; // Nothing is kept of the reasons.
        if (Count > 0)
            MoveDown(0, last);
        else
            heap.TryRelease();

        return true;
    }

    private int MoveUp(int position, DelayedKey entry)
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

    private void MoveDown(int position, DelayedKey entry)
    {
        while ((2 * position) + 1 < Count)
        {
            int child = (2 * position) + 1;
            if (child + 1 < Count && heap[child + 1].IsBefore(heap[child]))
                child++;

            if (!heap[child].IsBefore(entry))
                break;

            Place(position, heap[child]);
            position = child;
        }

        Place(position, entry);
    }

    private void Place(int position, in DelayedKey entry)
    {
        heap[position] = entry;
        table[entry.Slot].DelayPosition = position;
    }
}

/// <summary>A slot that waits for a time.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Due">When it is due, on the queue's own clock.</param>
/// <param name="Order">Orders equal times.</param>
/// <param name="Priority">With which priority it will be ready.</param>
/// <param name="Reasons">Why it waits.</param>
internal readonly record struct DelayedKey(int Slot, TimeSpan Due, long Order, int Priority, WorkReasons? Reasons)
{
    public bool IsBefore(in DelayedKey other) => Due < other.Due || (Due == other.Due && Order < other.Order);
}
