using BuildController.Informers.Events;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventCorrelatorTests
{
    private const string Combined = "(combined from similar events): ";

    private CorrelatorScene scene = null!;

    [SetUp]
    public void Begin() => scene = new CorrelatorScene();

    [Test]
    public void A_single_event_is_as_it_was_told()
    {
        CoreEvent? item = scene.Tell("first", "i am first");

        item.Should().BeEquivalentTo(new { Reason = "first", Message = "i am first", Type = "Normal", Count = 1, InvolvedObject = CorrelatorScene.Pod });
        item!.FirstTimestamp.Should().Be(item.LastTimestamp);
    }

    [Test]
    public void The_same_event_again_is_counted_in_the_first()
    {
        CoreEvent first = scene.Tell("duplicate", "me again")!;

        CoreEvent second = scene.Tell("duplicate", "me again")!;

        second.Count.Should().Be(2);
        second.Metadata.Name.Should().Be(first.Metadata.Name);
        second.FirstTimestamp.Should().Be(first.FirstTimestamp);
        (second.LastTimestamp - first.LastTimestamp).Should().Be(TimeSpan.FromSeconds(5));
    }

    [Test]
    public void The_same_event_is_only_counted_even_as_often_as_similar_ones_are_combined()
    {
        scene.Step = TimeSpan.FromSeconds(30);
        scene.Tell(10, "duplicate", "me again");

        CoreEvent? item = scene.Tell("duplicate", "me again");

        item.Should().BeEquivalentTo(new { Message = "me again", Count = 11 });
    }

    [Test]
    public void The_same_event_too_often_in_a_short_time_is_left_out()
    {
        scene.Step = TimeSpan.FromSeconds(1);
        scene.Tell(25, "duplicate", "me again").Should().NotBeNull();
        scene.Tell("duplicate", "me again").Should().BeNull();

        scene.Tell("duplicate", "me again").Should().BeNull();
    }

    [Test]
    public void Many_different_events_about_different_objects_are_all_written()
    {
        for (int i = 0; i < 30; i++)
            scene.Tell($"reason-{i}", $"message-{i}", CorrelatorScene.Pod with { Name = $"pod-{i}", Namespace = $"ns-{i}" })!.Count.Should().Be(1);

        scene.Tell("unique", "snowflake").Should().BeEquivalentTo(new { Message = "snowflake", Count = 1 });
    }

    [Test]
    public void Similar_events_are_combined_from_the_tenth_message_on()
    {
        scene.TellSimilar(9).Should().OnlyContain(item => item!.Count == 1 && !item.Message.StartsWith(Combined, StringComparison.Ordinal));

        CoreEvent? tenth = scene.Tell("similar", "similar message");

        tenth.Should().BeEquivalentTo(new { Message = Combined + "similar message", Count = 1, InvolvedObject = CorrelatorScene.Pod });
    }

    [Test]
    public void Further_similar_events_are_counted_in_the_combined_one_which_shows_the_last()
    {
        CoreEvent tenth = scene.TellSimilar(10)[^1]!;

        CoreEvent? next = scene.Tell("similar", "similar message");

        next.Should().BeEquivalentTo(new { Message = Combined + "similar message", Count = 2, tenth.FirstTimestamp });
        next!.Metadata.Name.Should().Be(tenth.Metadata.Name);
    }

    [Test]
    public void The_messages_that_came_first_keep_events_of_their_own()
    {
        scene.TellSimilar(12);

        scene.Tell("similar", "0 similar message").Should().BeEquivalentTo(new { Message = "0 similar message", Count = 2 });
        scene.Tell("similar", "11 similar message").Should().BeEquivalentTo(new { Message = Combined + "11 similar message", Count = 4 });
    }

    [Test]
    public void Events_about_different_parts_of_an_object_are_counted_apart_and_combined_together()
    {
        ObjectReference other = CorrelatorScene.Pod with { FieldPath = "spec.containers{container2}" };
        scene.Tell("similar", "similar message", other);

        scene.Tell("similar", "similar message").Should().BeEquivalentTo(new { Message = "similar message", Count = 1 });
        scene.TellSimilar(9, about: other)[^1]!.Message.Should().StartWith(Combined);
    }

    [Test]
    public void Similar_events_further_apart_than_the_window_are_not_combined()
    {
        scene.Step = TimeSpan.FromSeconds(600) + TimeSpan.FromTicks(1);
        scene.TellSimilar(9);

        scene.Tell("similar", "similar message").Should().BeEquivalentTo(new { Message = "similar message", Count = 1 });
    }

    [Test]
    public void Similar_events_exactly_the_window_apart_are_combined_still()
    {
        scene.Step = TimeSpan.FromSeconds(600);
        scene.TellSimilar(9);

        scene.Tell("similar", "similar message")!.Message.Should().StartWith(Combined);
    }

    [Test]
    public void The_window_begins_anew_with_every_similar_event()
    {
        scene.TellSimilar(8);
        scene.Now += TimeSpan.FromSeconds(590);
        scene.Tell("similar", "0 similar message");
        scene.Now += TimeSpan.FromSeconds(590);
        scene.Tell("similar", "a ninth");
        scene.Now += TimeSpan.FromSeconds(590);

        scene.Tell("similar", "a tenth")!.Message.Should().StartWith(Combined);
    }

    [Test]
    public void After_the_window_the_messages_are_counted_anew_and_known_events_go_on()
    {
        scene.TellSimilar(10);
        scene.Now += TimeSpan.FromHours(1);

        IReadOnlyList<CoreEvent?> later = scene.TellSimilar(10);

        later.Take(9).Should().OnlyContain(item => item!.Count == 2);
        later[9].Should().BeEquivalentTo(new { Message = Combined + "9 similar message", Count = 2 });
    }

    [Test]
    public void Another_source_object_type_or_reason_is_another_event()
    {
        scene.TellSimilar(9);
        CoreEvent?[] others =
        [
            scene.Tell("similar", "0 similar message", component: "scheduler"),
            scene.Tell("similar", "0 similar message", type: EventType.Warning),
            scene.Tell("other", "0 similar message"),
            scene.Tell("similar", "0 similar message", CorrelatorScene.Pod with { Name = "another" }),
            scene.Tell("similar", "0 similar message", CorrelatorScene.Pod with { Namespace = "another" }),
            scene.Tell("similar", "0 similar message", CorrelatorScene.Pod with { Uid = "another" }),
            scene.Tell("similar", "0 similar message", CorrelatorScene.Pod with { Kind = "Another" }),
            scene.Tell("similar", "0 similar message", CorrelatorScene.Pod with { ApiVersion = "v2" }),
        ];

        others.Should().OnlyContain(item => item!.Count == 1 && item.Message == "0 similar message");
        others.Select(item => item!.Metadata.Name).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Another_version_of_the_object_is_the_same_object()
    {
        scene.Tell("duplicate", "me again", CorrelatorScene.Pod with { ResourceVersion = "1" });

        scene.Tell("duplicate", "me again", CorrelatorScene.Pod with { ResourceVersion = "2" })!.Count.Should().Be(2);
    }

    [Test]
    public void What_is_left_out_is_counted_in_the_next_that_is_written()
    {
        scene.Step = TimeSpan.FromSeconds(1);
        CoreEvent first = scene.Tell("duplicate", "me again")!;
        scene.Tell(39, "duplicate", "me again").Should().BeNull();
        scene.Now += TimeSpan.FromMinutes(5);

        CoreEvent next = scene.Tell("duplicate", "me again")!;

        next.Count.Should().Be(41);
        next.FirstTimestamp.Should().Be(first.FirstTimestamp);
    }

    [Test]
    public void A_combined_message_is_not_longer_than_messages_may_be()
    {
        scene.TellSimilar(9);

        string message = scene.Tell("similar", new string('x', 1024))!.Message;

        message.Should().HaveLength(1024).And.StartWith(Combined + "xxx").And.EndWith("x…");
    }

    [Test]
    public void What_is_remembered_is_bounded_and_what_was_not_needed_for_longest_is_forgotten()
    {
        var small = new CorrelatorScene(new EventRecorderOptions { CacheSize = 100 }) { Step = TimeSpan.FromSeconds(30) };
        for (int i = 0; i < 10_000; i++)
        {
            small.Tell("reason", "message", CorrelatorScene.Pod with { Name = $"pod-{i}" });
            if (i % 50 == 0)
                small.Tell("reason", "kept");
        }

        small.Correlator.Remembered.Should().Be(300);
        small.Tell("reason", "kept")!.Count.Should().Be(201);
        small.Tell("reason", "message", CorrelatorScene.Pod with { Name = "pod-9999" })!.Count.Should().Be(2);
        small.Tell("reason", "message", CorrelatorScene.Pod with { Name = "pod-0" })!.Count.Should().Be(1, "it has been forgotten");
    }

    [Test]
    public void As_many_are_remembered_as_client_go_remembers()
    {
        for (int i = 0; i < 5_000; i++)
            scene.Tell("reason", "message", CorrelatorScene.Pod with { Name = $"pod-{i}" });

        scene.Correlator.Remembered.Should().Be(3 * 4096);
    }
}
