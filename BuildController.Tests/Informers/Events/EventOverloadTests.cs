using BuildController.Informers.Events;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventOverloadTests
{
    private EventScene scene = null!;

    [SetUp]
    public void Begin() => scene = new EventScene();

    [TearDown]
    public void End() => scene.Dispose();

    [Test]
    public void A_server_that_never_answers_holds_up_no_caller_and_the_newest_events_are_dropped()
    {
        scene.Hang().Record("InHand", "1");

        scene.RecordMany(1_500).World.RunUntilIdle();

        scene.Calls.Should().HaveCount(1);
        scene.Recorder.Dropped.Should().Be(500);
    }

    [Test]
    public void When_the_server_is_back_the_thousand_oldest_are_written_in_their_order()
    {
        scene.Fail(EventScene.Refused).Record("InHand", "1").RecordMany(1_500);

        scene.Heal().Advance(10);

        scene.Stored.Should().HaveCount(1_001);
        scene.Requests.Skip(2).Select(static request => request.Key.Name.Split('.')[0]).Should().Equal(Enumerable.Range(0, 1_000).Select(static i => $"foo-{i}"));
    }

    [Test]
    public void A_flood_of_events_does_not_flood_the_log()
    {
        scene.Hang().Record("InHand", "1").RecordMany(3_000);
        scene.Warnings.Should().ContainSingle().Which.Should().StartWith("1000 events wait").And.Contain("1 since").And.Contain("Reason1000 about Pod default/foo-1000");

        scene.Advance(9.9).RecordMany(1);
        scene.Warnings.Should().ContainSingle();
        scene.Advance(0.1).RecordMany(2);
        scene.Warnings.Should().HaveCount(2).And.Contain(static message => message.Contains("2001 since", StringComparison.Ordinal));

        scene.Dispose();
        scene.Warnings.Should().HaveCount(4).And.Contain("1 more events were dropped because too many waited", "what was not said is said at the end");
    }

    [Test]
    public void Lots_of_events_that_fail_a_few_times_each_are_all_written()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { RetryInterval = TimeSpan.Zero });
        var tries = new Dictionary<string, int>();
        scene.Fail(request =>
        {
            tries[request.Key.Name] = tries.GetValueOrDefault(request.Key.Name) + 1;
            return tries[request.Key.Name] < 5 ? EventScene.Refused : null;
        });

        scene.RecordMany(1_000).World.RunUntilIdle();

        tries.Should().HaveCount(1_000);
        tries.Values.Should().OnlyContain(static count => count == 5);
        scene.Stored.Should().HaveCount(1_000);
        scene.Recorder.Dropped.Should().Be(0);
    }

    [Test]
    public void Too_many_events_about_one_object_cost_the_server_twenty_five_requests_and_others_nothing()
    {
        for (int i = 0; i < 100; i++)
            scene.Record("BackOff", "again");

        scene.Record("Started", "1", EventScene.Pod with { Name = "another" });

        scene.Calls.Should().HaveCount(26);
        scene.Recorder.Dropped.Should().Be(75);
        scene.Warnings.Should().BeEmpty();
        scene.Advance(300).Record("BackOff", "again").Stored[^1].Count.Should().Be(101, "what was left out was counted");
    }

    [Test]
    public void Events_that_waited_for_a_server_are_judged_by_when_they_happened()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { Tries = 10_000 });
        scene.Fail(EventScene.Refused).Record("InHand", "1");
        for (int i = 0; i < 40; i++)
            scene.Advance(300).Record($"Reason{i}", "1", EventScene.Pod with { Name = "slow" });

        scene.Heal().Advance(10);

        scene.Stored.Should().HaveCount(41, "one in five minutes is not too many");
    }

    [Test]
    public void The_length_of_the_queue_can_be_chosen()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { QueueCapacity = 2 });

        scene.Hang().Record("InHand", "1").RecordMany(5);

        scene.Recorder.Dropped.Should().Be(3);
    }
}
