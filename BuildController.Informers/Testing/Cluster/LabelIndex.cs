using System.Collections.Immutable;
using BuildController.Informers.Api;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>
/// The objects of a resource by each label and its value, so that a list by label costs what it finds and not what there is. It holds keys:
/// a write that leaves an object's labels alone leaves the index alone. Guarded by the cluster's lock; what it answers never changes.
/// </summary>
internal sealed class LabelIndex
{
    private static readonly IReadOnlyDictionary<string, string> None = ImmutableDictionary<string, string>.Empty;

    private readonly Dictionary<(string Label, string Value), ImmutableSortedSet<ObjectKey>> keys = [];

    /// <summary>How many pairs of a label and a value some object has.</summary>
    public int Count => keys.Count;

    /// <param name="key">An object that has changed.</param>
    /// <param name="before">Its labels until now; null if it is new.</param>
    /// <param name="after">Its labels from now on; null if it is gone.</param>
    public void Apply(ObjectKey key, IReadOnlyDictionary<string, string>? before, IReadOnlyDictionary<string, string>? after)
    {
        (before, after) = (before ?? None, after ?? None);
        foreach ((string label, string value) in before)
        {
            if (!Has(after, label, value))
                Remove((label, value), key);
        }

        foreach ((string label, string value) in after)
        {
            if (!Has(before, label, value))
                keys[(label, value)] = With((label, value)).Add(key);
        }
    }

    /// <summary>Keys in order, among them those of all objects that a selector selects: the fewest that are known.</summary>
    /// <returns>Null if the selector asks for no label with one certain value: any object may be selected then.</returns>
    public ImmutableSortedSet<ObjectKey>? Among(LabelSelector selector)
    {
        ImmutableSortedSet<ObjectKey>? fewest = null;
        foreach (LabelRequirement requirement in selector.Requirements)
        {
            if (requirement is not { Operator: LabelOperator.In, Values: [var value] })
                continue;

            ImmutableSortedSet<ObjectKey> found = With((requirement.Key, value));
            if (fewest is null || found.Count < fewest.Count)
                fewest = found;
        }

        return fewest;
    }

    private static bool Has(IReadOnlyDictionary<string, string> labels, string label, string value) =>
        labels.TryGetValue(label, out string? present) && present == value;

    private ImmutableSortedSet<ObjectKey> With((string Label, string Value) pair) => keys.GetValueOrDefault(pair, []);

    private void Remove((string Label, string Value) pair, ObjectKey key)
    {
        ImmutableSortedSet<ObjectKey> left = With(pair).Remove(key);
        if (left.IsEmpty)
            keys.Remove(pair);
        else
            keys[pair] = left;
    }
}
