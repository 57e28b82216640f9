using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
public sealed class GenerationalMapTests
{
    [Test]
    public void The_entries_touched_last_are_kept_and_there_are_never_more_than_twice_as_many()
    {
        var map = new GenerationalMap<int, int>(100, null);
        for (int i = 0; i < 10_000; i++)
        {
            map.Touch(i) = i;
            map.Count.Should().BeLessThanOrEqualTo(200);
            for (int back = 0; back < 100 && back <= i; back += 33)
                map.Find(i - back).Should().Be(i - back);
        }

        map.Find(0).Should().Be(0, "it is forgotten, and 0 is the default");
        map.Find(5000).Should().Be(0);
    }

    [Test]
    public void What_is_touched_again_and_again_is_never_forgotten()
    {
        var map = new GenerationalMap<int, int>(10, null);
        for (int i = 0; i < 1000; i++)
        {
            map.Touch(-1)++;
            map.Touch(i) = 1;
        }

        map.Find(-1).Should().Be(1000);
    }

    [Test]
    public void What_is_removed_is_gone_from_both_generations()
    {
        var map = new GenerationalMap<string, int>(1, StringComparer.OrdinalIgnoreCase);
        map.Touch("a") = 1;
        map.Touch("b") = 2;
        map.Find("A").Should().Be(1);

        map.Remove("A");
        map.Remove("B");
        map.Remove("c");

        map.Count.Should().Be(0);
    }

    [Test]
    public void A_limiter_forgets_the_keys_that_failed_longest_ago()
    {
        IRateLimiter<int> limiter = RateLimiters.Exponential<int>(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), maxKeys: 1000);
        for (int key = 0; key < 100_000; key++)
            limiter.When(key);

        limiter.Retries(99_999).Should().Be(1);
        limiter.Retries(99_001).Should().Be(1);
        limiter.Retries(0).Should().Be(0);
        Enumerable.Range(0, 100_000).Count(key => limiter.Retries(key) > 0).Should().BeInRange(1000, 2000);
    }
}
