namespace BuildController.Informers.Cache;

/// <summary>
/// One node of a <see cref="HashTrie{TKey, TItem, TKeys}"/>: a slot for each set bit, holding an item or, where several
/// items share the bits so far, a node. Below the last bits of the hash it is a plain list of items.
/// </summary>
/// <remarks>
/// A node is immutable to all but the edit that made it: until that edit is published, nobody else can see the node, so it
/// changes in place. Edit 0 owns nothing and always copies. The number fits in what would be padding.
/// </remarks>
internal sealed class TrieNode(uint bitmap, object[] slots, uint edit)
{
    public static readonly TrieNode Empty = new(0, [], 0);

    public uint Bitmap { get; private set; } = bitmap;

    public object[] Slots { get; private set; } = slots;

    public TrieNode Replacing(int index, object slot, uint by)
    {
        if (IsOwnedBy(by))
        {
            Slots[index] = slot;
            return this;
        }

        object[] copy = Slots.AsSpan().ToArray();
        copy[index] = slot;
        return new TrieNode(Bitmap, copy, by);
    }

    public TrieNode Inserting(int index, uint bit, object slot, uint by)
    {
        var copy = new object[Slots.Length + 1];
        Slots.AsSpan(0, index).CopyTo(copy);
        copy[index] = slot;
        Slots.AsSpan(index).CopyTo(copy.AsSpan(index + 1));
        return With(Bitmap | bit, copy, by);
    }

    public TrieNode Removing(int index, uint bit, uint by)
    {
        var copy = new object[Slots.Length - 1];
        Slots.AsSpan(0, index).CopyTo(copy);
        Slots.AsSpan(index + 1).CopyTo(copy.AsSpan(index));
        return With(Bitmap & ~bit, copy, by);
    }

    private bool IsOwnedBy(uint by) => by != 0 && by == edit;

    private TrieNode With(uint newBitmap, object[] newSlots, uint by)
    {
        if (!IsOwnedBy(by))
            return new TrieNode(newBitmap, newSlots, by);

        Bitmap = newBitmap;
        Slots = newSlots;
        return this;
    }
}
