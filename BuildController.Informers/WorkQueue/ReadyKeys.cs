namespace BuildController.Informers.WorkQueue;

/// <summary>
/// The keys that are ready, in the order in which they are to be handed out: by priority, then in turn of the groups that
/// have keys of it, then first in, first out. Lower priorities get a share, so that none starves. Not safe for concurrent use.
/// </summary>
/// <param name="table">Where the slots are.</param>
/// <param name="lowPriorityShare">One in so many keys is of a lower priority than the highest, while there are any; they take turns.</param>
internal sealed class ReadyKeys<TKey>(KeyTable<TKey> table, int lowPriorityShare)
    where TKey : notnull
{
    /// <summary>Highest first; only those that have keys. Almost always one or two.</summary>
    private readonly List<ReadyLevel<TKey>> levels = [];

    private ReadyLevel<TKey>? spare;
    private int turn;
    private int lowTurn;

    public int Count { get; private set; }

    /// <summary>Appends a slot, by its priority and group.</summary>
    public void Add(int slot)
    {
        LevelOf(table[slot].Priority).Add(table, slot);
        Count++;
    }

    /// <summary>Takes out a slot that is here, whose priority is still the one that it was added with.</summary>
    public void Remove(int slot)
    {
        ReadyLevel<TKey> level = LevelOf(table[slot].Priority);
        level.Remove(table, slot);
        Count--;
        if (level.Count == 0)
            Retire(level);
    }

    /// <summary>Takes the next slot.</summary>
    /// <returns>The slot, or <see cref="KeySlot{TKey}.None"/>.</returns>
    public int Take()
    {
        if (Count == 0)
            return KeySlot<TKey>.None;

        ReadyLevel<TKey> level = levels.Count == 1 ? levels[0] : Choose();
        int slot = level.Take(table);
        Count--;
        if (level.Count == 0 && levels.Count > 1)
            Retire(level);

        return slot;
    }

    private ReadyLevel<TKey> Choose()
    {
        if (++turn < lowPriorityShare)
            return levels[0];

        turn = 0;
        return levels[1 + (lowTurn++ & int.MaxValue) % (levels.Count - 1)];
    }

    private ReadyLevel<TKey> LevelOf(int priority)
    {
        int at = 0;
        while (at < levels.Count && levels[at].Priority > priority)
            at++;

        if (at < levels.Count && levels[at].Priority == priority)
            return levels[at];

        // A level that has run empty stays while it is the only one, which is most of the time, and serves any priority.
        if (levels.Count == 1 && levels[0].Count == 0)
        {
            levels[0].Priority = priority;
            return levels[0];
        }

        ReadyLevel<TKey> level = spare ?? new ReadyLevel<TKey>();
        spare = null;
        level.Priority = priority;
        levels.Insert(at, level);
        return level;
    }

    private void Retire(ReadyLevel<TKey> level)
    {
        levels.Remove(level);
        spare = level;
    }
}
