using System.Diagnostics.Metrics;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Events;

[TestFixture]
public sealed class EventRecorderMetricsTests : IMeterFactory
{
    private readonly List<string> counted = [];
    private readonly List<string> observed = [];
    private VirtualWorld world = null!;
    private FakeClientset client = null!;
    private Meter meter = null!;
    private MeterListener listener = null!;
    private OperatorRuntime runtime = null!;

    [SetUp]
    public void Listen()
    {
        counted.Clear();
        world = new VirtualWorld();
        client = new FakeClientset(runtime: world.Runtime);
        meter = new Meter("test");
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter == meter)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            (instrument.IsObservable ? observed : counted).Add($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}".Trim()));
        listener.Start();
        runtime = new OperatorRuntime { Time = world.Time, Scheduler = world.Scheduler, Random = new Random(1), MeterFactory = this };
    }

    [TearDown]
    public void StopListening()
    {
        listener.Dispose();
        meter.Dispose();
    }

    public Meter Create(MeterOptions options)
    {
        options.Name.Should().Be(MetricNames.Meter);
        return meter;
    }

    public void Dispose()
    {
    }

    [Test]
    public void Events_are_counted_by_their_type()
    {
        EventRecorder recorder = Start();
        Record(recorder, "A");
        Record(recorder, "A", EventType.Warning);

        Dispose(recorder);

        counted.Should().Equal("event_recorder_events_total 1 type=Normal", "event_recorder_events_total 1 type=Warning");
    }

    [Test]
    public void What_is_not_written_is_counted_by_why_not()
    {
        EventRecorder recorder = Start(new EventRecorderOptions { QueueCapacity = 1, SpamBurst = 1, Tries = 2 });
        Record(recorder, "Written");
        Discarded(() => Record(recorder, "Spam")).Should().Equal("spam");

        client.Fail("create", "events", EventScene.Answer(403, "Forbidden"));
        Discarded(() => Record(recorder, "Refused", about: "b")).Should().Equal("refused");
        Discarded(() => Record(recorder, "Invalid", (EventType)7)).Should().Equal("refused");

        client.Fail("create", "events", EventScene.Refused, times: 5);
        Discarded(() => Record(recorder, "GivenUp", about: "c")).Should().BeEmpty();
        Record(recorder, "Waiting", about: "d");
        Discarded(() => Record(recorder, "Full", about: "e")).Should().Equal("full");
        Discarded(NextTry).Should().Equal("gave_up");
        Discarded(() => Dispose(recorder)).Should().Equal("stopped");
        Discarded(() => Record(recorder, "Late")).Should().Equal("stopped");
    }

    [Test]
    public void Waiting_events_of_all_recorders_are_observed_the_one_in_hand_among_them()
    {
        Observe().Should().BeEmpty();
        EventRecorder first = Start(), second = Start();
        Observe().Should().Equal("event_recorder_queued_events 0");

        client.Fail("create", "events", EventScene.Refused, times: 2);
        Record(first, "A");
        Record(first, "B");
        Record(second, "C");

        Observe().Should().Equal("event_recorder_queued_events 3");
        world.Advance(TimeSpan.FromSeconds(10));
        Observe().Should().Equal("event_recorder_queued_events 0");
        Dispose(first);
        Dispose(second);
    }

    [Test]
    public void Recorders_that_come_and_go_are_observed_no_more()
    {
        EventRecorder first = Start();
        Dispose(first);

        Observe().Should().BeEmpty();
    }

    private EventRecorder Start(EventRecorderOptions? options = null) => new(client, "eventTest", options, runtime);

    private void Record(EventRecorder recorder, string reason, EventType type = EventType.Normal, string about = "a")
    {
        recorder.Record(EventScene.Pod with { Name = about }, type, reason, "1");
        world.RunUntilIdle();
    }

    private void NextTry()
    {
        world.Time.AdvanceToNextTimer(TimeSpan.FromSeconds(10)).Should().BeTrue();
        world.RunUntilIdle();
    }

    private void Dispose(EventRecorder recorder) => world.Run(async () => await recorder.DisposeAsync());

    private IReadOnlyList<string> Discarded(Action action)
    {
        counted.Clear();
        action();
        return [.. counted.Where(static line => line.StartsWith("event_recorder_discarded_total 1 ", StringComparison.Ordinal)).Select(static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..])];
    }

    private List<string> Observe()
    {
        observed.Clear();
        listener.RecordObservableInstruments();
        return observed;
    }
}
