using System.Globalization;
using BuildController.Informers.Api;
using BuildController.Informers.Events;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventRecorderTests
{
    private EventScene scene = null!;

    [SetUp]
    public void Begin() => scene = new EventScene();

    [TearDown]
    public void End() => scene.Dispose();

    [Test]
    public void An_event_is_created_with_everything_that_describe_shows()
    {
        scene.Record("Started", "The build has started.", EventScene.Pod with { ResourceVersion = "7", FieldPath = "spec.containers{build}" }, EventType.Warning);

        scene.Bodies.Should().ContainSingle().Which.ToJsonString().Should().Be(
            """
            {"apiVersion":"v1","kind":"Event","metadata":{"name":"foo.17a6101701650000","namespace":"default","labels":{},"annotations":{},"ownerReferences":[],"finalizers":[]},
            "involvedObject":{"apiVersion":"v1","kind":"Pod","namespace":"default","name":"foo","uid":"bar","resourceVersion":"7","fieldPath":"spec.containers{build}"},
            "type":"Warning","reason":"Started","message":"The build has started.","source":{"component":"eventTest"},
            "firstTimestamp":"2024-01-01T00:00:00Z","lastTimestamp":"2024-01-01T00:00:00Z","count":1,"reportingComponent":"eventTest"}
            """.ReplaceLineEndings(string.Empty));
    }

    [Test]
    public void The_same_event_again_patches_count_message_and_last_time()
    {
        scene.Record("Started", "again").Advance(90).Record("Started", "again");

        scene.Calls.Should().Equal("create", "patch");
        scene.Requests[1].Key.Should().Be(scene.Requests[0].Key);
        scene.Bodies[1].ToJsonString().Should().Be("""{"count":2,"message":"again","lastTimestamp":"2024-01-01T00:01:30Z"}""");
        scene.Stored.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Count = 2,
            FirstTimestamp = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
            LastTimestamp = new DateTimeOffset(2024, 1, 1, 0, 1, 30, TimeSpan.Zero),
        });
    }

    [Test]
    public void An_update_of_an_event_that_the_server_has_dropped_creates_it_anew_without_a_version()
    {
        scene.Record("Started", "again");
        scene.Client.Cluster.Delete(BuildController.Informers.Testing.CoreResources.Events, scene.Requests[0].Key, new(), out _);

        scene.Advance(3600).Record("Started", "again");

        scene.Calls.Should().Equal("create", "patch", "create");
        scene.Bodies[2]["metadata"]!["resourceVersion"].Should().BeNull();
        scene.Stored.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Count = 2,
            FirstTimestamp = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
            LastTimestamp = new DateTimeOffset(2024, 1, 1, 1, 0, 0, TimeSpan.Zero),
        });
        scene.Record("Started", "again").Calls.Should().EndWith("patch");
    }

    [Test]
    public void Similar_events_end_in_one()
    {
        for (int i = 0; i < 15; i++)
            scene.Record("Failed", $"try {i}");

        scene.Stored.Should().HaveCount(10);
        scene.Stored[^1].Should().BeEquivalentTo(new { Message = "(combined from similar events): try 14", Count = 6 });
        scene.Recorder.Dropped.Should().Be(0);
    }

    [Test]
    public void Events_of_two_objects_of_one_name_are_kept_apart()
    {
        ObjectReference second = EventScene.Pod with { Uid = "differentUid" };
        scene.Record("Started", "1").Record("Killed", "1").Record("Started", "1").Record("Started", "1", second)
            .Record("Started", "1").Record("Stopped", "1", second).Record("Stopped", "1", second);

        scene.Calls.Should().Equal("create", "create", "patch", "create", "patch", "create", "patch");
        scene.Stored.Select(static item => $"{item.InvolvedObject.Uid} {item.Reason} {item.Count}")
            .Should().Equal("bar Started 3", "bar Killed 1", "differentUid Started 1", "differentUid Stopped 2");
    }

    [TestCase(null)]
    [TestCase("")]
    public void An_event_about_an_object_without_a_namespace_lives_in_default(string? none)
    {
        scene.Record("Started", "1", new ObjectReference { ApiVersion = "v1", Kind = "Node", Namespace = none, Name = "n" }).Record("Started", "1");

        CoreEvent item = scene.Stored.Single(static item => item.InvolvedObject.Kind == "Node");
        item.Metadata.Namespace.Should().Be("default");
        item.InvolvedObject.Namespace.Should().BeNull();
    }

    [Test]
    public void An_object_at_hand_is_referred_to_by_its_type()
    {
        var about = new CoreEvent { Metadata = new ObjectMeta { Name = "e", Namespace = "default", Uid = "u", ResourceVersion = "3" }, InvolvedObject = EventScene.Pod };

        scene.Recorder.Record(CoreEvent.ResourceType, about, EventType.Normal, "Seen", "An event about an event.");
        scene.World.RunUntilIdle();

        scene.Stored.Should().ContainSingle().Which.InvolvedObject.Should().Be(
            new ObjectReference { ApiVersion = "v1", Kind = "Event", Namespace = "default", Name = "e", Uid = "u", ResourceVersion = "3" });
    }

    [Test]
    public void Names_are_unique_within_one_moment_and_in_the_order_of_the_events()
    {
        scene.RecordMany(50).World.RunUntilIdle();
        for (int i = 0; i < 20; i++)
            scene.Record($"Reason{i}", $"{i}");

        scene.Requests.Select(static request => request.Key.Name.Split('.')[1]).Should().OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
        scene.Stored.Should().HaveCount(70);
    }

    [Test]
    public void The_name_of_an_object_that_is_as_long_as_names_may_be_leaves_room_for_the_time()
    {
        string longest = new string('a', 235) + "-" + new string('b', 17);

        scene.Record("Started", "1", EventScene.Pod with { Name = longest });

        string name = scene.Stored.Should().ContainSingle().Which.Metadata.Name;
        name.Should().Be(new string('a', 235) + ".17a6101701650000");
        scene.Stored[0].InvolvedObject.Name.Should().Be(longest);
    }

    [Test]
    public void Long_messages_and_reasons_are_cut_between_characters()
    {
        string crab = char.ConvertFromUtf32(0x1F980);

        scene.Record(new string('R', 127) + crab + "R", new string('m', 1022) + crab + "m");
        scene.Record(new string('R', 128), new string('m', 1024));

        scene.Stored[0].Reason.Should().Be(new string('R', 127));
        scene.Stored[0].Message.Should().Be(new string('m', 1022) + "…");
        scene.Stored[1].Reason.Should().Be(new string('R', 128));
        scene.Stored[1].Message.Should().Be(new string('m', 1024));
    }

    [Test]
    public void Nothing_that_a_caller_gives_makes_it_throw_and_the_next_event_is_written()
    {
        scene.Record(null!, null!).Record("", "")
            .Record("Broken", "half a character: \ud800").Record("Broken", "half a character: \ud800")
            .Record("NoName", "1", new ObjectReference { ApiVersion = null!, Kind = null!, Name = null! })
            .Record("NoType", "1", type: (EventType)7);
        scene.Recorder.Record(null!, EventType.Normal, "NoObject", "1");
        scene.Record("Good", "1");

        scene.Stored.Select(static item => item.Reason).Should().Equal("", "Broken", "Good");
        scene.Stored[1].Should().BeEquivalentTo(new { Message = "half a character: \ufffd", Count = 2 });
        scene.Recorder.Dropped.Should().Be(3);
        scene.Warnings.Should().HaveCount(2, "the log of what makes no sense does not follow a flood")
            .And.Contain(static message => message.Contains("NoName", StringComparison.Ordinal)).And.Contain(static message => message.Contains("type 7", StringComparison.Ordinal));
    }

    [Test]
    public void A_function_of_the_options_that_throws_costs_its_event_only()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { SpamScope = static item => item.Reason == "Bad" ? throw new InvalidOperationException("no") : "" });

        scene.Record("Bad", "1").Record("Good", "1");

        scene.Stored.Should().ContainSingle().Which.Reason.Should().Be("Good");
        scene.Recorder.Dropped.Should().Be(1);
        scene.Warnings.Should().ContainSingle().Which.Should().Contain("Bad");
    }

    [Test]
    public void The_instance_of_the_component_is_written()
    {
        scene.Dispose();
        scene = new EventScene(new EventRecorderOptions { Instance = "builder-7d4f" });

        scene.Record("Started", "1");

        scene.Stored.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Source = new EventSource("eventTest", "builder-7d4f"),
            ReportingComponent = "eventTest",
            ReportingInstance = "builder-7d4f",
        });
    }

    [Test]
    public void The_same_seed_gives_the_same_names_at_the_same_times()
    {
        string[] Run(int seed)
        {
            var run = new EventScene(seed: seed);
            run.Fail(EventScene.Refused, times: 3).Record("A", "1").Record("B", "2").Advance(60).Record("A", "1");
            run.Dispose();
            return [.. run.Requests.Zip(run.Times, static (request, time) => $"{request} {time.ToString(CultureInfo.InvariantCulture)}")];
        }

        Run(1).Should().Equal(Run(1)).And.NotEqual(Run(2));
    }
}
