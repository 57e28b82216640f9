using System.Collections.Immutable;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// The objects of one resource in all its versions, their history and their watches. Guarded by the cluster's lock, but for snapshots,
/// which never change.
/// </summary>
internal sealed class ResourceStore(ResourceDefinition type, IReadOnlyList<ResourceDefinition> served, int window)
{
    private readonly Dictionary<long, ImmutableSortedSet<StoredObject>> pagedSnapshots = [];
    private readonly List<ClusterWatch> watches = [];
    private readonly LabelIndex labels = new();

    /// <summary>The version in which objects are stored, which need not be served.</summary>
    public ResourceDefinition Type { get; private set; } = type;

    /// <summary>The versions that clients may ask for, the preferred one first.</summary>
    public IReadOnlyList<ResourceDefinition> Served { get; private set; } = served;

    public EventLog Log { get; } = new(window);

    public ImmutableSortedSet<StoredObject> Objects { get; private set; } = ImmutableSortedSet.Create<StoredObject>(StoredObject.ByKey.Instance);

    public StoredObject? Find(ObjectKey key) => Find(Objects, key);

    /// <summary>The objects of a namespace, or all of them, as places in a snapshot of the store.</summary>
    public (int Start, int End) RangeOf(ImmutableSortedSet<StoredObject> objects, string? @namespace) => @namespace is null
        ? (0, objects.Count)
        : (PlaceOf(objects, new ObjectKey(@namespace, string.Empty)), PlaceOf(objects, new ObjectKey(@namespace + "\0", string.Empty)));

    /// <summary>The place of the first object that does not come before a key.</summary>
    public int PlaceOf(ImmutableSortedSet<StoredObject> objects, ObjectKey key)
    {
        int place = objects.IndexOf(StoredObject.At(this, key));
        return place < 0 ? ~place : place;
    }

    public IEnumerable<StoredObject> In(string @namespace)
    {
        ImmutableSortedSet<StoredObject> objects = Objects;
        (int start, int end) = RangeOf(objects, @namespace);
        for (int i = start; i < end; i++)
            yield return objects[i];
    }

    /// <summary>What a filter selects of the objects as they are now, in order. The answer may be read when the lock is no longer held.</summary>
    public IEnumerable<StoredObject> Select(ObjectFilter filter) => labels.Among(filter.Labels) is { } keys
        ? LookUp(Objects, keys, filter)
        : Scan(Objects, filter);

    public void Apply(Change change)
    {
        if (change.Previous is not null)
            Objects = Objects.Remove(change.Previous);

        if (change.Current is not null)
            Objects = Objects.Add(change.Current);

        labels.Apply((change.Current ?? change.Previous)!.Key, change.Previous?.Metadata.Labels, change.Current?.Metadata.Labels);
        Log.Append(change);
        foreach (ClusterWatch watch in watches)
            watch.Wake();
    }

    public void Add(ClusterWatch watch) => watches.Add(watch);

    public void Remove(ClusterWatch watch) => watches.Remove(watch);

    /// <summary>Changes what the resource looks like.</summary>
    public void Redefine(ResourceDefinition type, IReadOnlyList<ResourceDefinition> served) => (Type, Served) = (type, served);

    /// <summary>
    /// Ends the watches when they have told what there was to tell, and lets none go on from before: what a server does when it throws its
    /// cache of the resource away.
    /// </summary>
    public void StartAfresh(long version)
    {
        Log.Compact(version);
        EndWatches();
    }

    /// <summary>Ends every open watch, once it has told what there is to tell.</summary>
    public void EndWatches()
    {
        foreach (ClusterWatch watch in watches)
            watch.End();
    }

    /// <summary>Cuts off every open watch.</summary>
    public void CutOffWatches()
    {
        foreach (ClusterWatch watch in watches)
            watch.CutOff();
    }

    /// <summary>Keeps what a list showed on its first page for the pages that follow.</summary>
    public void KeepSnapshot(long version, ImmutableSortedSet<StoredObject> objects)
    {
        foreach (long old in pagedSnapshots.Keys.Where(old => old < Log.Floor).ToArray())
            pagedSnapshots.Remove(old);

        pagedSnapshots[version] = objects;
    }

    public ImmutableSortedSet<StoredObject>? Snapshot(long version) =>
        version >= Log.Floor && pagedSnapshots.TryGetValue(version, out ImmutableSortedSet<StoredObject>? kept) ? kept : null;

    public void Compact(long version)
    {
        Log.Compact(version);
        foreach (long old in pagedSnapshots.Keys.Where(old => old < version).ToArray())
            pagedSnapshots.Remove(old);
    }

    private StoredObject? Find(ImmutableSortedSet<StoredObject> objects, ObjectKey key) =>
        objects.TryGetValue(StoredObject.At(this, key), out StoredObject found) ? found : null;

    private IEnumerable<StoredObject> Scan(ImmutableSortedSet<StoredObject> objects, ObjectFilter filter)
    {
        (int start, int end) = RangeOf(objects, filter.Namespace);
        for (int i = start; i < end; i++)
        {
            StoredObject value = objects[i];
            if (filter.MatchesSelectors(value))
                yield return value;
        }
    }

    private IEnumerable<StoredObject> LookUp(ImmutableSortedSet<StoredObject> objects, ImmutableSortedSet<ObjectKey> keys, ObjectFilter filter)
    {
        int place = filter.Namespace is null ? 0 : keys.IndexOf(new ObjectKey(filter.Namespace, string.Empty));
        for (place = place < 0 ? ~place : place; place < keys.Count; place++)
        {
            ObjectKey key = keys[place];
            if (filter.Namespace is not null && key.Namespace != filter.Namespace)
                yield break;

            if (Find(objects, key) is { } value && filter.MatchesSelectors(value))
                yield return value;
        }
    }
}
