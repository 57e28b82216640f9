using System.Collections.Immutable;
using System.Globalization;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Reads lists: a consistent state, in order, page by page.</summary>
internal sealed class Lister(ClusterState state)
{
    private const string TokenTooOld = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.";

    public StoredList List(ResourceDefinition type, string? @namespace, ListOptions options)
    {
        ObjectFilter filter;
        ResourceStore store;
        long version;
        ImmutableSortedSet<StoredObject> objects;
        IEnumerable<StoredObject>? selected = null;
        ObjectKey? after = null;

        // Any state will do for "0": a server answers from its cache, which knows no pages.
        int limit = options.ResourceVersion == "0" && string.IsNullOrEmpty(options.Continue) ? 0 : options.Limit;
        lock (state.Gate)
        {
            store = state.StoreOf(type);
            filter = new ObjectFilter(state.Current(type), @namespace, options.LabelSelector, options.FieldSelector);
            if (string.IsNullOrEmpty(options.Continue))
            {
                CheckReached(options.ResourceVersion);
                (version, objects) = (state.Version, store.Objects);
                selected = limit <= 0 ? store.Select(filter) : null;
            }
            else
            {
                if (options.ResourceVersion is not (null or "" or "0"))
                    throw ServerErrors.BadRequest("specifying resource version is not allowed when using continue");

                (version, ObjectKey last) = ContinueToken.Parse(options.Continue);
                after = last;
                objects = store.Snapshot(version) ?? throw ServerErrors.Expired(TokenTooOld);
            }
        }

        return selected is null
            ? Page(store, objects, version, filter, after, limit)
            : new StoredList([.. selected.Select(value => (ReadOnlyMemory<byte>)value.BytesAs(filter.Type))], At(version));
    }

    /// <summary>What is selected now, outside any paging.</summary>
    public IReadOnlyList<StoredObject> Select(ResourceDefinition type, string? @namespace, ListOptions options)
    {
        var filter = new ObjectFilter(type, @namespace, options.LabelSelector, options.FieldSelector);
        return [.. state.StoreOf(type).Select(filter)];
    }

    /// <summary>Refuses versions that are no numbers, and those that the cluster has not come to yet.</summary>
    public long CheckReached(string? resourceVersion)
    {
        if (string.IsNullOrEmpty(resourceVersion))
            return 0;

        if (!long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out long asked))
            throw ServerErrors.BadRequest($"resourceVersion: Invalid value: \"{resourceVersion}\": strconv.ParseUint: parsing \"{resourceVersion}\": invalid syntax");

        return asked <= state.Version ? asked : throw ServerErrors.TooLargeResourceVersion(asked, state.Version);
    }

    private static ListMetadata At(long version) => new() { ResourceVersion = version.ToString(CultureInfo.InvariantCulture) };

    private StoredList Page(ResourceStore store, ImmutableSortedSet<StoredObject> objects, long version, ObjectFilter filter, ObjectKey? after, int limit)
    {
        (int place, int end) = store.RangeOf(objects, filter.Namespace);
        if (after is { } last)
            place = Math.Max(place, store.PlaceOf(objects, last with { Name = last.Name + "\0" }));

        var items = new List<ReadOnlyMemory<byte>>();
        ObjectKey shown = default;
        for (; place < end && (limit <= 0 || items.Count < limit); place++)
        {
            StoredObject value = objects[place];
            if (!filter.MatchesSelectors(value))
                continue;

            items.Add(value.BytesAs(filter.Type));
            shown = value.Key;
        }

        if (place >= end)
            return new StoredList(items, At(version));

        lock (state.Gate)
            store.KeepSnapshot(version, objects);

        return new StoredList(items, At(version) with
        {
            Continue = new ContinueToken(version, shown).ToString(),
            RemainingItemCount = filter.HasNoSelector ? end - place : null,
        });
    }
}
