namespace BuildController.Informers.WorkQueue;

/// <summary>The ready keys of one priority: a lane for each group, and the lanes served in turn.</summary>
internal sealed class ReadyLevel<TKey>
    where TKey : notnull
{
    /// <summary>The lane of keys that belong to no group: without fairness the only one.</summary>
    private readonly Lane common = new(null);

    /// <summary>The lanes of groups, as long as they have keys or a place in the round: groups come and go, and leave nothing.</summary>
    private readonly Dictionary<string, Lane> lanes = new(StringComparer.Ordinal);

    /// <summary>Whose turn is next. A lane from whose middle the last key was taken is found empty here, and leaves.</summary>
    private readonly Queue<Lane> round = new();

    public int Priority { get; set; }

    public int Count { get; private set; }

    public void Add(KeyTable<TKey> table, int slot)
    {
        Lane lane = LaneOf(table[slot].Group);
        lane.Keys.Append(table, slot);
        Count++;
        if (!lane.IsInRound)
        {
            lane.IsInRound = true;
            round.Enqueue(lane);
        }
    }

    public void Remove(KeyTable<TKey> table, int slot)
    {
        LaneOf(table[slot].Group).Keys.Remove(table, slot);
        Count--;
    }

    /// <summary>Takes the first key of the lane whose turn it is. There must be one.</summary>
    public int Take(KeyTable<TKey> table)
    {
        Lane lane = round.Peek();
        while (lane.Keys.IsEmpty)
        {
            Leave(lane);
            lane = round.Peek();
        }

        int slot = lane.Keys.First;
        lane.Keys.Remove(table, slot);
        Count--;
        if (lane.Keys.IsEmpty)
            Leave(lane);
        else if (round.Count > 1)
            round.Enqueue(round.Dequeue());

        return slot;
    }

    private void Leave(Lane lane)
    {
        round.Dequeue();
        lane.IsInRound = false;
        if (lane.Group is not null)
            lanes.Remove(lane.Group);
    }

    private Lane LaneOf(string? group)
    {
        if (group is null)
            return common;

        if (!lanes.TryGetValue(group, out Lane? lane))
            lanes.Add(group, lane = new Lane(group));

        return lane;
    }

    private sealed class Lane(string? group)
    {
        /// <summary>Not a property: it is changed in place.</summary>
        public SlotList<TKey> Keys = new();

        public string? Group => group;

        public bool IsInRound { get; set; }
    }
}
