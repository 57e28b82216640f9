using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>One index of a snapshot.</summary>
/// <param name="Name">The name.</param>
/// <param name="Source">The function as it was given, to know it again.</param>
/// <param name="ValuesOf">The same made safe: it does not throw, and no value comes twice.</param>
/// <param name="Map">The objects by value.</param>
internal readonly record struct NamedIndex<T>(string Name, Func<T, IEnumerable<string>> Source, Func<T, string[]> ValuesOf, IndexMap<T> Map)
    where T : class
{
    /// <summary>Takes a change of one object into the index.</summary>
    public NamedIndex<T> Changing(ObjectKey key, T? old, T? now, uint edit)
    {
        string[] oldValues = old is null ? [] : ValuesOf(old);
        string[] newValues = now is null ? [] : ValuesOf(now);
        IndexMap<T> map = Map;
        foreach (string value in oldValues)
        {
            if (Array.IndexOf(newValues, value) < 0)
                map = map.Without(value, key, edit, out _);
        }

        foreach (string value in newValues)
            map = map.With(value, key, now!, edit, out _);

        return this with { Map = map };
    }
}
