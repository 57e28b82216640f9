using BuildController.Informers.Events;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class LruCacheTests
{
    private LruCache<string, int> cache = null!;

    [SetUp]
    public void Fill()
    {
        cache = new LruCache<string, int>(3);
        cache.Set("a", 1);
        cache.Set("b", 2);
        cache.Set("c", 3);
    }

    [Test]
    public void The_entry_that_was_put_in_first_makes_room()
    {
        cache.Set("d", 4);

        Present("a", "b", "c", "d").Should().Equal("b", "c", "d");
        cache.Count.Should().Be(3);
    }

    [Test]
    public void An_entry_that_is_looked_up_stays()
    {
        cache.TryGet("a", out int value).Should().BeTrue();
        cache.Set("d", 4);

        value.Should().Be(1);
        Present("a", "b", "c", "d").Should().Equal("a", "c", "d");
    }

    [Test]
    public void An_entry_that_is_replaced_stays_and_makes_nobody_leave()
    {
        cache.Set("a", 10);
        Present("a", "b", "c").Should().HaveCount(3);
        cache.TryGet("a", out int value);
        value.Should().Be(10);

        cache.Set("b", 20);
        cache.Set("c", 30);
        cache.Set("a", 40);
        cache.Set("d", 4);

        Present("a", "b", "c", "d").Should().Equal("a", "c", "d");
    }

    [Test]
    public void It_is_what_a_list_in_the_order_of_use_would_be()
    {
        var model = new List<string> { "c", "b", "a" };
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            string key = ((char)('a' + random.Next(6))).ToString();
            bool isThere = model.Remove(key);
            if (random.Next(2) == 0)
            {
                cache.TryGet(key, out _).Should().Be(isThere);
                if (isThere)
                    model.Insert(0, key);
            }
            else
            {
                cache.Set(key, i);
                model.Insert(0, key);
                model.RemoveRange(Math.Min(3, model.Count), Math.Max(0, model.Count - 3));
            }

            cache.Count.Should().Be(model.Count);
        }
    }

    private string[] Present(params IEnumerable<string> keys) => [.. keys.Where(key => cache.TryGet(key, out _))];
}
