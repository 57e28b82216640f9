using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class HashTrieTests
{
    /// <param name="distinctHashes">How many different hashes there are: few make every kind of collision.</param>
    /// <param name="seed">The seed of the operations.</param>
    /// <param name="batch">How many changes make an edit; 0 for changes that own nothing.</param>
    [TestCase(1u, 1, 0)]
    [TestCase(3u, 2, 0)]
    [TestCase(64u, 3, 0)]
    [TestCase(uint.MaxValue, 4, 0)]
    [TestCase(1u, 5, 50)]
    [TestCase(3u, 6, 100)]
    [TestCase(64u, 7, 20)]
    [TestCase(uint.MaxValue, 8, 100)]
    public void It_does_what_a_dictionary_does_and_old_roots_never_change(uint distinctHashes, int seed, int batch)
    {
        var random = new Random(seed);
        var keys = new Keys(distinctHashes);
        var expected = new Dictionary<string, string>();
        TrieNode root = TrieNode.Empty;
        var old = new List<(TrieNode Root, string[] Items)>();
        for (int i = 0; i < 4000; i++)
        {
            uint edit = batch == 0 ? 0 : 1 + (uint)(i / batch);
            string key = $"k{random.Next(150)}";
            if (random.Next(5) < (i / 1000 % 2 == 0 ? 3 : 1))
            {
                string item = $"{key}={i}";
                root = HashTrie<string, string, Keys>.Set(root, keys, key, item, edit, out string? previous);
                previous.Should().Be(expected.GetValueOrDefault(key));
                expected[key] = item;
            }
            else
            {
                root = HashTrie<string, string, Keys>.Remove(root, keys, key, edit, out string? previous);
                previous.Should().Be(expected.GetValueOrDefault(key));
                expected.Remove(key);
            }

            if (i % 100 == 99)
                old.Add((root, Items(root)));
        }

        Items(root).Should().BeEquivalentTo(expected.Values);
        for (int i = 0; i < 150; i++)
            HashTrie<string, string, Keys>.Find(root, keys, $"k{i}").Should().Be(expected.GetValueOrDefault($"k{i}"));
        foreach ((TrieNode oldRoot, string[] items) in old)
            Items(oldRoot).Should().Equal(items);
    }

    [Test]
    public void Emptied_it_is_the_empty_node_again_and_below_the_root_no_node_holds_a_single_item()
    {
        var keys = new Keys(40);
        TrieNode root = TrieNode.Empty;
        for (int i = 0; i < 200; i++)
            root = HashTrie<string, string, Keys>.Set(root, keys, $"k{i}", $"k{i}=", edit: 0, out _);

        for (int i = 0; i < 200; i++)
        {
            Nodes(root).Skip(1).Count(node => node.Slots is [not TrieNode]).Should().Be(0);
            root = HashTrie<string, string, Keys>.Remove(root, keys, $"k{i}", edit: 0, out _);
        }

        root.Should().BeSameAs(TrieNode.Empty);
    }

    [Test]
    public void The_changes_of_one_edit_copy_each_node_once()
    {
        var keys = new Keys(uint.MaxValue);
        TrieNode root = TrieNode.Empty;
        for (int i = 0; i < 1000; i++)
            root = HashTrie<string, string, Keys>.Set(root, keys, $"k{i}", $"k{i}=", edit: 1, out _);
        HashSet<TrieNode> before = [.. Nodes(root)];

        TrieNode first = HashTrie<string, string, Keys>.Set(root, keys, "k1", "k1=new", edit: 2, out _);
        TrieNode second = HashTrie<string, string, Keys>.Set(first, keys, "k1", "k1=newer", edit: 2, out _);

        first.Should().NotBeSameAs(root);
        second.Should().BeSameAs(first);
        Nodes(second).Count(node => !before.Contains(node)).Should().BeLessThan(5, "only the way to the item is copied");
        HashTrie<string, string, Keys>.Find(root, keys, "k1").Should().Be("k1=");
    }

    private static string[] Items(TrieNode root)
    {
        var items = new List<string>();
        IEnumerator<string> all = HashTrie<string, string, Keys>.Enumerate(root);
        while (all.MoveNext())
            items.Add(all.Current);

        return [.. items];
    }

    private static IEnumerable<TrieNode> Nodes(TrieNode node) => node.Slots.OfType<TrieNode>().SelectMany(Nodes).Prepend(node);

    private readonly struct Keys(uint distinctHashes) : ITrieKeys<string, string>
    {
        public string KeyOf(string item) => item[..item.IndexOf('=', StringComparison.Ordinal)];

        public uint HashOf(string key) => StableHash.Of(key) % distinctHashes;
    }
}
