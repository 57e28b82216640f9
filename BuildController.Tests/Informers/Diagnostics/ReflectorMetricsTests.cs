using System.Diagnostics.Metrics;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Diagnostics;

[TestFixture]
public sealed class ReflectorMetricsTests : IMeterFactory
{
    private const string Widgets = "group=test.example version=v1 resource=widgets";

    private readonly List<string> counted = [];
    private readonly List<string> observed = [];
    private VirtualWorld world = null!;
    private ScriptedServer server = null!;
    private Meter meter = null!;
    private MeterListener listener = null!;
    private OperatorRuntime runtime = null!;
    private SharedInformerFactory factory = null!;

    [SetUp]
    public void Listen()
    {
        counted.Clear();
        world = new VirtualWorld();
        server = new ScriptedServer { Time = world.Time };
        meter = new Meter("test");
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter == meter)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        runtime = new OperatorRuntime { Time = world.Time, Scheduler = world.Scheduler, Random = new Random(1), MeterFactory = this };
        factory = new SharedInformerFactory(server, null, runtime);
    }

    [TearDown]
    public void StopListening()
    {
        world.Run(async () => await factory.DisposeAsync());
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
    public void Lists_and_watches_are_counted_by_their_result()
    {
        server.ListFails(Error(403, "Forbidden")).List(10).WatchFails(Error(429, "TooManyRequests")).Watch(Failed(Expired)).ListFails(Expired).List(20);
        factory.For(Widget.Resource);

        factory.Start();
        world.Advance(TimeSpan.FromSeconds(20));

        counted.Should().Equal(
            $"informer_lists_total 1 {Widgets} result=Forbidden",
            $"informer_lists_total 1 {Widgets} result=success",
            $"informer_watches_total 1 {Widgets} result=TooManyRequests",
            $"informer_watches_total 1 {Widgets} result=success",
            $"informer_lists_total 1 {Widgets} result=Expired",
            $"informer_lists_total 1 {Widgets} result=success",
            $"informer_watches_total 1 {Widgets} result=success");
    }

    [Test]
    public void A_streamed_list_is_a_watch_and_a_list()
    {
        server.WatchFails(Error(422, "Invalid")).List(10);
        factory.For(Widget.Resource, new InformerOptions<Widget> { Reflector = new ReflectorOptions { UseWatchList = true } });
        server.Watch(EndOfList(20));
        factory.For(Widget.ClusterResource, new InformerOptions<Widget> { Reflector = new ReflectorOptions { UseWatchList = true } });

        factory.Start();
        world.RunUntilIdle();

        counted.Should().Contain($"informer_watches_total 1 {Widgets} result=Invalid")
            .And.Contain($"informer_lists_total 1 {Widgets} result=Invalid")
            .And.Contain($"informer_lists_total 1 {Widgets} result=success");
    }

    [Test]
    public void Silent_watches_and_undecodable_objects_are_counted()
    {
        server.ListWithPoison(10, new(new ObjectKey("ns", "bad"), "", "", new ApiException(ApiErrorReason.MalformedResponse, "Bad.")));
        factory.For(Widget.Resource);

        factory.Start();
        world.Advance(TimeSpan.FromMinutes(3));

        counted.Should().Contain($"informer_silent_watches_total 1 {Widgets}").And.Contain($"informer_undecodable_objects_total 1 {Widgets}");
    }

    [Test]
    public void The_last_contact_is_observed_in_seconds_from_the_first_answer_on_and_the_oldest_of_a_resource_counts()
    {
        server.ListFails(Refused);
        factory.For(Widget.Resource);
        factory.Start();
        world.RunUntilIdle();
        Observe().Should().Equal($"informer_queued_items 0 {Widgets}");

        server.List(10);
        world.Advance(TimeSpan.FromSeconds(10));
        server.LastWatch.Send(Bookmark(11));
        world.RunUntilIdle();
        world.Advance(TimeSpan.FromSeconds(30));
        server.List(20);
        factory.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "other" });
        world.RunUntilIdle();
        world.Advance(TimeSpan.FromSeconds(5));

        Observe().Should().Equal($"informer_queued_items 0 {Widgets}", $"informer_last_contact_seconds 35 {Widgets}");
    }

    [Test]
    public void Thousands_of_informers_that_come_and_go_are_observed_no_more()
    {
        ReflectorMetrics metrics = ReflectorMetrics.Of(meter);
        for (int i = 0; i < 2_000; i++)
        {
            var passing = new SharedInformerFactory(new ScriptedServer().List(10), null, runtime);
            passing.For(Widget.Resource);
            passing.Start();
            world.RunUntilIdle();
            metrics.Running.Should().Be(1);
            world.Run(async () => await passing.DisposeAsync());
        }

        metrics.Running.Should().Be(0);
        Observe().Should().BeEmpty();
        ReflectorMetrics.Of(meter).Should().BeSameAs(metrics, "a meter has one set of instruments");
    }

    private List<string> Observe()
    {
        observed.Clear();
        listener.RecordObservableInstruments();
        return observed;
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{instrument.Name} {value}");
        foreach ((string tag, object? of) in tags)
            text += $" {tag}={of}";

        (instrument.IsObservable ? observed : counted).Add(text);
    }
}
