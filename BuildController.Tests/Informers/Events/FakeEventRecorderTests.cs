using BuildController.Informers.Events;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class FakeEventRecorderTests
{
    private readonly FakeEventRecorder events = new();

    [Test]
    public void It_keeps_every_event_in_order_as_words_and_as_it_was_given()
    {
        events.Clear();
        events.Record(EventScene.Pod, EventType.Normal, "BuildStarted", "Building the image.");
        events.Record(EventScene.Pod with { Name = "other" }, EventType.Warning, "BuildFailed", "Out of disk.");
        events.Record(EventScene.Pod with { Name = "other" }, EventType.Warning, "BuildFailed", "Out of disk.");

        events.Lines.Should().Equal("Normal BuildStarted Building the image.", "Warning BuildFailed Out of disk.", "Warning BuildFailed Out of disk.");
        events.Events[1].Should().Be(new RecordedEvent(EventScene.Pod with { Name = "other" }, EventType.Warning, "BuildFailed", "Out of disk."));
        events.Events[0].About.ToString().Should().Be("Pod default/foo");
    }

    [Test]
    public void What_was_read_does_not_change_and_what_is_cleared_is_gone()
    {
        events.Clear();
        events.Record(EventScene.Pod, EventType.Normal, "A", "1");
        IReadOnlyList<RecordedEvent> before = events.Events;

        events.Clear();

        events.Lines.Should().BeEmpty();
        before.Should().ContainSingle();
    }

    [Test]
    public void It_may_be_used_by_many_at_once()
    {
        events.Clear();

        Parallel.For(0, 1_000, i => events.Record(EventScene.Pod, EventType.Normal, "A", $"{i}"));

        events.Events.Should().HaveCount(1_000);
    }
}
