using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class KeyTableTests
{
    [TestCase(1, 50, 7)]
    [TestCase(2, 5000, 1)]
    [TestCase(3, 20_000, 1000)]
    [TestCase(4, 3000, 64)]
    public void Under_random_adds_and_removals_it_finds_what_a_dictionary_finds(int seed, int range, int hashes)
    {
        var random = new Random(seed);
        var table = new KeyTable<int>(new FewHashes(hashes));
        var model = new Dictionary<int, int>();
        for (int i = 0; i < 60_000; i++)
        {
            int key = random.Next(range);
            bool grows = i / 15_000 % 2 == 0;
            int hash = table.HashOf(key);
            int slot = table.Find(key, hash);
            slot.Should().Be(model.GetValueOrDefault(key, KeySlot<int>.None));
            if (slot == KeySlot<int>.None)
            {
                if (grows || random.Next(4) == 0)
                    model.Add(key, table.Add(key, hash));
            }
            else if (!grows || random.Next(4) == 0)
            {
                table.Remove(slot);
                model.Remove(key);
            }

            table.Count.Should().Be(model.Count);
            if (i % 10_000 == 0)
                model.Keys.Should().Equal(model.Values.Select(slot => table[slot].Key));
        }
    }

    [Test]
    public void A_slot_keeps_its_index_while_the_table_grows()
    {
        var table = new KeyTable<int>(EqualityComparer<int>.Default);
        int[] slots = [.. Enumerable.Range(0, 10_000).Select(key => table.Add(key, key.GetHashCode()))];

        slots.Should().OnlyHaveUniqueItems();
        for (int key = 0; key < slots.Length; key++)
            table[slots[key]].Key.Should().Be(key);
    }

    [Test]
    public void The_memory_of_a_burst_is_given_back_once_it_is_worked_off()
    {
        var table = new KeyTable<int>(EqualityComparer<int>.Default);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int[] slots = [.. Enumerable.Range(0, 200_000).Select(key => table.Add(key, key.GetHashCode()))];
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeGreaterThan(8_000_000);

        foreach (int slot in slots)
            table.Remove(slot);

        table.Count.Should().Be(0);
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(2_000_000);
        table.Find(1, 1.GetHashCode()).Should().Be(KeySlot<int>.None);
        table.Add(1, 1.GetHashCode()).Should().Be(0);
    }

    /// <summary>Many keys of one hash, so that chains are long.</summary>
    private sealed class FewHashes(int count) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x == y;

        public int GetHashCode(int obj) => obj % count;
    }
}
