using BuildController.Informers.Testing;
using BuildController.Informers.WorkQueue;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.WorkQueue;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RateLimiterTests
{
    private readonly ManualTimeProvider time = new();

    [Test]
    public void Exponential_starts_with_the_base_and_doubles_for_each_key_apart()
    {
        IRateLimiter<string> limiter = RateLimiters.Exponential<string>(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));

        Milliseconds(limiter, "a", 5).Should().Equal(1, 2, 4, 8, 16);
        limiter.Retries("a").Should().Be(5);
        Milliseconds(limiter, "b", 2).Should().Equal(1, 2);
        limiter.Forget("a");

        limiter.Retries("a").Should().Be(0);
        limiter.Retries("b").Should().Be(2);
        Milliseconds(limiter, "a", 1).Should().Equal(1);
    }

    [Test]
    public void Exponential_never_exceeds_its_maximum_however_often_it_failed()
    {
        IRateLimiter<string> limiter = RateLimiters.Exponential<string>(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000));

        double[] delays = Milliseconds(limiter, "a", 2000);

        delays.Should().BeInAscendingOrder();
        delays[17].Should().Be(5 * 131072);
        delays[18..].Should().OnlyContain(static delay => delay == 1_000_000);
    }

    [Test]
    public void Exponential_does_not_overflow_when_the_maximum_is_the_longest_time()
    {
        IRateLimiter<string> limiter = RateLimiters.Exponential<string>(TimeSpan.FromDays(1), TimeSpan.MaxValue);

        Enumerable.Range(0, 100).Select(_ => limiter.When("a")).ToArray()[^1].Should().Be(TimeSpan.MaxValue);
    }

    [Test]
    public void FastSlow_turns_slow_after_the_fast_retries()
    {
        IRateLimiter<string> limiter = RateLimiters.FastSlow<string>(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(10), 3);

        Milliseconds(limiter, "a", 5).Should().Equal(5, 5, 5, 10_000, 10_000);
        limiter.Forget("a");
        Milliseconds(limiter, "a", 1).Should().Equal(5);
    }

    [Test]
    public void TokenBucket_lets_a_burst_through_and_then_makes_each_wait_for_its_own_token()
    {
        IRateLimiter<string> limiter = RateLimiters.TokenBucket<string>(10, 3, time);

        Milliseconds(limiter, "a", 5).Should().Equal(0, 0, 0, 100, 200);
        time.Advance(TimeSpan.FromMilliseconds(200));
        Milliseconds(limiter, "b", 1).Should().Equal(100);
        time.Advance(TimeSpan.FromHours(1));

        Milliseconds(limiter, "c", 4).Should().Equal(0, 0, 0, 100);
        limiter.Retries("a").Should().Be(0);
    }

    [Test]
    public void MaxOf_asks_every_limiter_and_takes_the_longest_wait()
    {
        IRateLimiter<string> exponential = RateLimiters.Exponential<string>(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        IRateLimiter<string> fastSlow = RateLimiters.FastSlow<string>(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(5), 3);
        IRateLimiter<string> limiter = RateLimiters.MaxOf(exponential, fastSlow);

        Milliseconds(limiter, "a", 5).Should().Equal(50, 50, 50, 80, 160);
        exponential.Retries("a").Should().Be(5, "it counts also when another waits longer");
        exponential.When("a");
        limiter.Retries("a").Should().Be(6);
        limiter.Forget("a");

        exponential.Retries("a").Should().Be(0);
        fastSlow.Retries("a").Should().Be(0);
    }

    [Test]
    public void WithMaxWait_caps_another_limiter()
    {
        IRateLimiter<string> limiter = RateLimiters
            .Exponential<string>(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1))
            .WithMaxWait(TimeSpan.FromMilliseconds(3));

        Milliseconds(limiter, "a", 4).Should().Equal(1, 2, 3, 3);
        limiter.Retries("a").Should().Be(4);
        limiter.Forget("a");
        limiter.Retries("a").Should().Be(0);
    }

    [Test]
    public void The_default_backs_off_each_key_and_limits_all_of_them_together()
    {
        IRateLimiter<string> limiter = RateLimiters.Default<string>(time);

        Milliseconds(limiter, "a", 3).Should().Equal(5, 10, 20);
        for (int i = 0; i < 97; i++)
            Milliseconds(limiter, $"{i}", 1).Should().Equal(5);

        Milliseconds(limiter, "x", 1).Should().Equal(100);
        Milliseconds(limiter, "y", 1).Should().Equal(200);
    }

    private static double[] Milliseconds(IRateLimiter<string> limiter, string key, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Round(limiter.When(key).TotalMilliseconds, 3))];
}
