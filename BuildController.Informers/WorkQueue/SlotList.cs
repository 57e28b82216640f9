namespace BuildController.Informers.WorkQueue;

/// <summary>A list of slots, linked through the slots themselves. A slot is in one list at most.</summary>
internal struct SlotList<TKey>()
    where TKey : notnull
{
    private const int None = KeySlot<TKey>.None;

    private int last = None;

    public int First { get; private set; } = None;

    public readonly bool IsEmpty => First == None;

    public void Append(KeyTable<TKey> table, int slot)
    {
        ref KeySlot<TKey> appended = ref table[slot];
        appended.Previous = last;
        appended.Next = None;
        if (last == None)
            First = slot;
        else
            table[last].Next = slot;

        last = slot;
    }

    public void Remove(KeyTable<TKey> table, int slot)
    {
        ref KeySlot<TKey> removed = ref table[slot];
        if (removed.Previous == None)
            First = removed.Next;
        else
            table[removed.Previous].Next = removed.Next;

        if (removed.Next == None)
            last = removed.Previous;
        else
            table[removed.Next].Previous = removed.Previous;
    }
}
