namespace BuildController.Informers.Cache;

/// <summary>A lister that also finds objects by values computed from them, as a database finds rows by an index.</summary>
/// <typeparam name="T">The object type.</typeparam>
public interface IIndexer<T> : ILister<T>
    where T : class
{
    /// <summary>The names of the indices, in the order in which they were added.</summary>
    IReadOnlyList<string> IndexNames { get; }

    /// <summary>
    /// Adds an index; at any time, the objects already there are indexed at once. Adding the same function under the same
    /// name again does nothing.
    /// </summary>
    /// <param name="name">The name to ask by.</param>
    /// <param name="values">
    /// The values under which an object is found: none, one or several. It must be a pure function of the object and quick:
    /// the cache waits for it. If it throws, that is logged and the object is left out of this index only.
    /// </param>
    /// <exception cref="ArgumentException">Another function has that name.</exception>
    void AddIndex(string name, Func<T, IEnumerable<string>> values);

    /// <summary>The objects that have a value in an index; a snapshot, without copying.</summary>
    /// <exception cref="ArgumentException">There is no such index.</exception>
    IReadOnlyCollection<T> ByIndex(string name, string value);

    /// <summary>The values in an index that at least one object has, ordered.</summary>
    /// <exception cref="ArgumentException">There is no such index.</exception>
    IReadOnlyList<string> IndexValues(string name);
}
