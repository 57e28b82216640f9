using System.Diagnostics.CodeAnalysis;

namespace BuildController.Informers.Events;

/// <summary>Remembers so many entries; a new one takes the place of the one that was not used for longest. Not safe for concurrent use.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> byUse = new();

    public int Count => entries.Count;

    /// <summary>Finds an entry; that counts as a use.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? entry))
        {
            value = default;
            return false;
        }

        byUse.Remove(entry);
        byUse.AddFirst(entry);
        value = entry.Value.Value;
        return true;
    }

    /// <summary>Puts an entry in or replaces it; that counts as a use.</summary>
    public void Set(TKey key, TValue value)
    {
        if (entries.Remove(key, out LinkedListNode<(TKey Key, TValue Value)>? old))
            byUse.Remove(old);
        else if (entries.Count == capacity)
            ForgetOldest();

        entries.Add(key, byUse.AddFirst((key, value)));
    }

    private void ForgetOldest()
    {
        entries.Remove(byUse.Last!.Value.Key);
        byUse.RemoveLast();
    }
}
