using System.Runtime.InteropServices;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// A map that forgets what was not touched for long: it holds the entries touched last, at least <paramref name="capacity"/>
/// of them and at most twice as many. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// Two generations instead of a list of uses: a touch costs one look-up more while the old generation is not empty, and
/// nothing is linked, moved or counted. When the young one is full it becomes the old one, and the old one is dropped.
/// </remarks>
internal sealed class GenerationalMap<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer)
    where TKey : notnull
{
    private Dictionary<TKey, TValue> young = new(comparer);
    private Dictionary<TKey, TValue> old = new(comparer);

    public int Count => young.Count + old.Count;

    /// <summary>The value of a key, to be changed in place until the next call; the default value where the key was not known.</summary>
    public ref TValue? Touch(TKey key)
    {
        if (young.Count >= capacity && !young.ContainsKey(key))
        {
            (old, young) = (young, old);
            young.Clear();
        }

        ref TValue? value = ref CollectionsMarshal.GetValueRefOrAddDefault(young, key, out bool isKnown);
        if (!isKnown && old.Count > 0 && old.Remove(key, out TValue? kept))
            value = kept;

        return ref value;
    }

    /// <summary>The value of a key, without counting as a touch; the default value where the key is not known.</summary>
    public TValue? Find(TKey key) => young.TryGetValue(key, out TValue? value) || old.TryGetValue(key, out value) ? value : default;

    public void Remove(TKey key)
    {
        if (!young.Remove(key) && old.Count > 0)
            old.Remove(key);
    }
}
