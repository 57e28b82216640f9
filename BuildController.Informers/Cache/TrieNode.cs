namespace BuildController.Informers.Cache;

/// <summary>
/// One immutable node of a <see cref="HashTrie{TKey, TItem, TKeys}"/>: a slot for each set bit, holding an item or, where
/// several items share the bits so far, a node. Below the last bits of the hash it is a plain list of items.
/// </summary>
internal sealed class TrieNode(uint bitmap, object[] slots)
{
    public static readonly TrieNode Empty = new(0, []);

    public uint Bitmap => bitmap;

    public object[] Slots => slots;

    public TrieNode Replacing(int index, object slot)
    {
        object[] copy = slots.AsSpan().ToArray();
        copy[index] = slot;
        return new TrieNode(bitmap, copy);
    }

    public TrieNode Inserting(int index, uint bit, object slot)
    {
        var copy = new object[slots.Length + 1];
        slots.AsSpan(0, index).CopyTo(copy);
        copy[index] = slot;
        slots.AsSpan(index).CopyTo(copy.AsSpan(index + 1));
        return new TrieNode(bitmap | bit, copy);
    }

    public TrieNode Removing(int index, uint bit)
    {
        var copy = new object[slots.Length - 1];
        slots.AsSpan(0, index).CopyTo(copy);
        slots.AsSpan(index + 1).CopyTo(copy.AsSpan(index));
        return new TrieNode(bitmap & ~bit, copy);
    }
}
