using System.Globalization;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>One change of one object. For a deletion there is no current state. Guarded by the cluster's lock.</summary>
internal sealed class Change(long version, StoredObject? previous, StoredObject? current)
{
    private readonly string versionText = version.ToString(CultureInfo.InvariantCulture);
    private (ResourceDefinition View, byte[] Bytes) lastState;

    public long Version => version;

    public StoredObject? Previous => previous;

    public StoredObject? Current => current;

    /// <summary>The event that a watch with this filter sees of the change, or null if it sees none.</summary>
    public StoredEvent? SeenThrough(ObjectFilter filter)
    {
        bool before = previous is not null && filter.Matches(previous);
        bool after = current is not null && filter.Matches(current);
        if (after)
            return new StoredEvent(before ? WatchEventType.Modified : WatchEventType.Added, current!.BytesAs(filter.Type), versionText);

        return before ? new StoredEvent(WatchEventType.Deleted, LastState(filter.Type), versionText) : null;
    }

    private byte[] LastState(ResourceDefinition view)
    {
        if (!ReferenceEquals(lastState.View, view))
            lastState = (view, previous!.BytesAt(version, view));

        return lastState.Bytes;
    }
}

/// <summary>
/// The last changes of one resource. Watches read from it by position, so that a slow reader costs no memory of its own.
/// Guarded by the cluster's lock.
/// </summary>
internal sealed class EventLog(int window)
{
    private readonly List<Change> changes = [];
    private long compacted;

    /// <summary>Positions before this one are gone.</summary>
    public long Start { get; private set; }

    /// <summary>The position of the next change.</summary>
    public long End => Start + changes.Count;

    /// <summary>A watch from a version before this one would miss something.</summary>
    public long Floor => Math.Max(compacted, changes.Count > window ? changes[changes.Count - window - 1].Version : 0);

    public Change this[long position] => changes[(int)(position - Start)];

    public void Append(Change change)
    {
        changes.Add(change);
        if (changes.Count < window + (long)window / 4 + 64)
            return;

        // In bulk, so that an append costs next to nothing; readers and the floor keep counting in the window.
        int surplus = changes.Count - window;
        compacted = Math.Max(compacted, changes[surplus - 1].Version);
        changes.RemoveRange(0, surplus);
        Start += surplus;
    }

    /// <summary>Refuses watches from before a version; those that are open go on, as on a real server.</summary>
    public void Compact(long version) => compacted = Math.Max(compacted, version);

    /// <summary>The position of the first change after a version.</summary>
    public long After(long version)
    {
        int low = 0, high = changes.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (changes[middle].Version <= version)
                low = middle + 1;
            else
                high = middle;
        }

        return Start + low;
    }
}
