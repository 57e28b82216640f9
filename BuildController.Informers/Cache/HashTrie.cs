using System.Numerics;
using System.Runtime.CompilerServices;

namespace BuildController.Informers.Cache;

/// <summary>How items of a trie are told apart.</summary>
internal interface ITrieKeys<TKey, TItem>
{
    TKey KeyOf(TItem item);

    uint HashOf(TKey key);
}

/// <summary>
/// A persistent set of items by key: a change copies the few nodes on the way to the item and shares all others, so
/// whoever holds a root holds a snapshot for ever, without a lock. The changes of one edit copy each node once.
/// </summary>
/// <remarks>
/// Why not a collection of the framework: keys and hashes are read from the items, so of 100 000 entries each takes 28
/// bytes. ConcurrentDictionary takes 69 and gives no snapshots; ImmutableDictionary takes 72 and as long again to change.
/// Every node below the root holds two items or more: a removal folds what is left into the parent.
/// </remarks>
internal static class HashTrie<TKey, TItem, TKeys>
    where TKey : IEquatable<TKey>
    where TItem : class
    where TKeys : struct, ITrieKeys<TKey, TItem>
{
    private const int BitsPerLevel = 5;
    private const int BelowLastBits = 35;

    public static TItem? Find(TrieNode node, TKeys keys, TKey key)
    {
        uint hash = keys.HashOf(key);
        for (int shift = 0; ; shift += BitsPerLevel)
        {
            int index = IndexOf(node, keys, key, hash, shift, out _);
            if (index < 0)
                return null;

            object slot = node.Slots[index];
            if (slot is not TrieNode child)
                return keys.KeyOf(Item(slot)).Equals(key) ? Item(slot) : null;

            node = child;
        }
    }

    /// <summary>Adds an item, or puts it in the place of the one with its key.</summary>
    public static TrieNode Set(TrieNode root, TKeys keys, TKey key, TItem item, uint edit, out TItem? previous)
    {
        previous = null;
        return Set(root, keys, item, key, keys.HashOf(key), 0, edit, ref previous);
    }

    public static TrieNode Remove(TrieNode root, TKeys keys, TKey key, uint edit, out TItem? previous)
    {
        previous = null;
        return Remove(root, keys, key, keys.HashOf(key), 0, edit, ref previous) switch
        {
            null => TrieNode.Empty,
            TrieNode node => node,
            object item => new TrieNode(Bit(keys.HashOf(keys.KeyOf(Item(item))), 0), [item], edit),
        };
    }

    /// <summary>All items, in an order that depends on nothing but the keys.</summary>
    public static IEnumerator<TItem> Enumerate(TrieNode root)
    {
        var path = new (TrieNode Node, int Next)[(BelowLastBits / BitsPerLevel) + 1];
        path[0] = (root, 0);
        int depth = 0;
        while (depth >= 0)
        {
            (TrieNode node, int next) = path[depth];
            if (next == node.Slots.Length)
            {
                depth--;
                continue;
            }

            path[depth].Next = next + 1;
            if (node.Slots[next] is TrieNode child)
                path[++depth] = (child, 0);
            else
                yield return Item(node.Slots[next]);
        }
    }

    private static TrieNode Set(TrieNode node, TKeys keys, TItem item, TKey key, uint hash, int shift, uint edit, ref TItem? previous)
    {
        int index = IndexOf(node, keys, key, hash, shift, out uint bit);
        if (index < 0)
            return node.Inserting(~index, bit, item, edit);

        object slot = node.Slots[index];
        if (slot is TrieNode child)
            return node.Replacing(index, Set(child, keys, item, key, hash, shift + BitsPerLevel, edit, ref previous), edit);

        TKey presentKey = keys.KeyOf(Item(slot));
        if (presentKey.Equals(key))
        {
            previous = Item(slot);
            return node.Replacing(index, item, edit);
        }

        return node.Replacing(index, Pair(slot, keys.HashOf(presentKey), item, hash, shift + BitsPerLevel, edit), edit);
    }

    /// <returns>What is left: null for nothing, the item itself if it is the only one, otherwise a node.</returns>
    private static object? Remove(TrieNode node, TKeys keys, TKey key, uint hash, int shift, uint edit, ref TItem? previous)
    {
        int index = IndexOf(node, keys, key, hash, shift, out uint bit);
        if (index < 0)
            return node;

        object slot = node.Slots[index];
        if (slot is TrieNode child)
        {
            object rest = Remove(child, keys, key, hash, shift + BitsPerLevel, edit, ref previous)!;
            return previous is null ? node : Folded(node.Replacing(index, rest, edit));
        }

        if (!keys.KeyOf(Item(slot)).Equals(key))
            return node;

        previous = Item(slot);
        return node.Slots.Length == 1 ? null : Folded(node.Removing(index, bit, edit));
    }

    private static object Folded(TrieNode node) => node.Slots is [not TrieNode] ? node.Slots[0] : node;

    private static TrieNode Pair(object first, uint firstHash, object second, uint secondHash, int shift, uint edit)
    {
        if (shift >= BelowLastBits)
            return new TrieNode(0, [first, second], edit);

        uint firstBit = Bit(firstHash, shift), secondBit = Bit(secondHash, shift);
        if (firstBit == secondBit)
            return new TrieNode(firstBit, [Pair(first, firstHash, second, secondHash, shift + BitsPerLevel, edit)], edit);

        return new TrieNode(firstBit | secondBit, firstBit < secondBit ? [first, second] : [second, first], edit);
    }

    /// <returns>The slot to look at, or the complement of the one to insert at.</returns>
    private static int IndexOf(TrieNode node, TKeys keys, TKey key, uint hash, int shift, out uint bit)
    {
        if (shift < BelowLastBits)
        {
            bit = Bit(hash, shift);
            int index = BitOperations.PopCount(node.Bitmap & (bit - 1));
            return (node.Bitmap & bit) != 0 ? index : ~index;
        }

        bit = 0;
        for (int i = 0; i < node.Slots.Length; i++)
        {
            if (keys.KeyOf(Item(node.Slots[i])).Equals(key))
                return i;
        }

        return ~node.Slots.Length;
    }

    private static uint Bit(uint hash, int shift) => 1u << (int)((hash >> shift) & 31);

    private static TItem Item(object slot) => Unsafe.As<TItem>(slot);
}
