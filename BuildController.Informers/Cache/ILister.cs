using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>
/// Reads the local copy of a resource. Nothing here waits or asks the server; any thread may call at any time, and readers
/// block neither the writer nor each other.
/// </summary>
/// <remarks>
/// The copy runs behind the server by the time that events take, and is empty until the first list has come in. Every
/// collection is a snapshot: it shows one moment, never half a change, and does not move while it is enumerated; for a newer
/// moment ask again. Objects are shared with everybody else who reads: treat them as immutable.
/// The order is arbitrary, but the same for the same keys.
/// </remarks>
/// <typeparam name="T">The object type.</typeparam>
public interface ILister<T>
    where T : class
{
    /// <summary>How many objects there are.</summary>
    int Count { get; }

    /// <summary>One object, or null if the local copy has none of that key.</summary>
    T? Find(ObjectKey key);

    /// <summary>
    /// The objects of a namespace, or of all, that a selector selects. Without a selector it copies nothing and takes the
    /// same time for any number of objects; with one it looks at each object.
    /// </summary>
    /// <param name="namespace">The namespace; null for all.</param>
    /// <param name="selector">Which labels; null for all objects.</param>
    IReadOnlyCollection<T> List(string? @namespace = null, LabelSelector? selector = null);
}
