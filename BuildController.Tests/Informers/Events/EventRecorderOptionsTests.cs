using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventRecorderOptionsTests
{
    [Test]
    public void The_defaults_are_client_gos()
    {
        new EventRecorderOptions().Should().BeEquivalentTo(new
        {
            Instance = (string?)null,
            QueueCapacity = 1000,
            Tries = 12,
            RetryInterval = TimeSpan.FromSeconds(10),
            SpamBurst = 25,
            SpamRefillInterval = TimeSpan.FromSeconds(300),
            SpamScope = (Func<CoreEvent, string>?)null,
            CombineFrom = 10,
            SimilarWindow = TimeSpan.FromSeconds(600),
            CacheSize = 4096,
            FlushTimeout = TimeSpan.FromSeconds(2),
        });
    }

    private static IEnumerable<TestCaseData> Nonsense()
    {
        TestCaseData Case(string name, EventRecorderOptions options) => new(name, options) { TestName = $"{{m}}({name})" };
        yield return Case(nameof(EventRecorderOptions.QueueCapacity), new() { QueueCapacity = 0 });
        yield return Case(nameof(EventRecorderOptions.Tries), new() { Tries = 0 });
        yield return Case(nameof(EventRecorderOptions.RetryInterval), new() { RetryInterval = TimeSpan.FromSeconds(-1) });
        yield return Case(nameof(EventRecorderOptions.RetryInterval), new() { RetryInterval = TimeSpan.MaxValue });
        yield return Case(nameof(EventRecorderOptions.SpamBurst), new() { SpamBurst = 0 });
        yield return Case(nameof(EventRecorderOptions.SpamRefillInterval), new() { SpamRefillInterval = TimeSpan.Zero });
        yield return Case(nameof(EventRecorderOptions.CombineFrom), new() { CombineFrom = 0 });
        yield return Case(nameof(EventRecorderOptions.SimilarWindow), new() { SimilarWindow = TimeSpan.FromSeconds(-1) });
        yield return Case(nameof(EventRecorderOptions.CacheSize), new() { CacheSize = 0 });
        yield return Case(nameof(EventRecorderOptions.FlushTimeout), new() { FlushTimeout = TimeSpan.FromSeconds(-1) });
        yield return Case(nameof(EventRecorderOptions.FlushTimeout), new() { FlushTimeout = TimeSpan.MaxValue });
    }

    [TestCaseSource(nameof(Nonsense))]
    public void An_option_that_makes_no_sense_is_named(string name, EventRecorderOptions options)
    {
        Action make = () => _ = new EventRecorder(new FakeClientset(), "eventTest", options);

        make.Should().Throw<ArgumentOutOfRangeException>().Which.Message.Should().StartWith(name).And.Contain("must be");
    }

    [TestCase(null)]
    [TestCase("")]
    public void A_recorder_needs_a_component(string? component)
    {
        Action make = () => _ = new EventRecorder(new FakeClientset(), component!);

        make.Should().Throw<ArgumentException>().WithParameterName(nameof(component));
    }

    [Test]
    public void The_largest_numbers_work()
    {
        var scene = new EventScene(new EventRecorderOptions
        {
            QueueCapacity = int.MaxValue, Tries = int.MaxValue, SpamBurst = int.MaxValue, SpamRefillInterval = TimeSpan.MaxValue,
            CombineFrom = int.MaxValue, SimilarWindow = TimeSpan.MaxValue, CacheSize = int.MaxValue,
        });

        for (int i = 0; i < 100; i++)
            scene.Record("Started", $"{i}");

        scene.Stored.Should().HaveCount(100);
        scene.Dispose();
    }

    [Test]
    public void The_smallest_numbers_work()
    {
        var scene = new EventScene(new EventRecorderOptions
        {
            QueueCapacity = 1, Tries = 1, RetryInterval = TimeSpan.Zero, SpamBurst = 1, SpamRefillInterval = TimeSpan.FromTicks(1),
            CombineFrom = 1, SimilarWindow = TimeSpan.Zero, CacheSize = 1,
        });

        scene.Record("Started", "1").Advance(1).Record("Started", "2").Advance(1);

        scene.Stored.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Message = "(combined from similar events): 2", Count = 2 });
        scene.Dispose();
    }
}
