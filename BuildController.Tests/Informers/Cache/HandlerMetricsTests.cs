using System.Diagnostics.Metrics;
using BuildController.Informers.Cache;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HandlerMetricsTests : IDisposable
{
    private readonly VirtualWorld world = new();
    private readonly OneMeter meters = new();
    private readonly MeterListener listener = new();
    private readonly List<(string Name, double Value, string Tags)> seen = [];
    private readonly ScriptedServer server = new();
    private readonly SharedInformerFactory factory;

    public HandlerMetricsTests()
    {
        var runtime = new OperatorRuntime { Time = world.Time, Scheduler = world.Scheduler, Random = new Random(1), MeterFactory = meters };
        factory = new SharedInformerFactory(server, null, runtime);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meters.Meter && instrument.Name.StartsWith("informer_handler", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.Start();
    }

    [Test]
    public void What_waits_for_a_handler_is_observed_until_the_handler_is_gone()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = StartWith("mine");
        Send(11);
        Send(12);

        Observed().Should().Equal(("informer_handler_pending_items", 2d, "handler=mine group=test.example version=v1 resource=widgets"));
        world.Run(async () => await slow.DisposeAsync());

        Observed().Should().BeEmpty();
    }

    [Test]
    public void The_lag_is_the_time_from_the_store_to_the_call()
    {
        IAsyncEnumerator<InformerChange<Widget>> slow = StartWith("mine");
        Send(11);
        world.Advance(TimeSpan.FromSeconds(3));

        world.Run(async () => await slow.MoveNextAsync());

        seen.Should().ContainSingle(one => one.Name == MetricNames.HandlerLag).Which.Value.Should().Be(3);
    }

    [Test]
    public void Calls_that_throw_are_counted_under_the_name_of_the_handlers_type_where_it_has_none()
    {
        factory.For(Widget.Resource).AddHandler(new RecordingHandler { Before = _ => throw new InvalidOperationException("no") });
        server.List(10, Widget.Of("a", 1), Widget.Of("b", 1));
        factory.Start();
        world.RunUntilIdle();

        seen.Where(one => one.Name == MetricNames.HandlerFailures).Should().HaveCount(2)
            .And.OnlyContain(one => one.Tags == "handler=RecordingHandler group=test.example version=v1 resource=widgets");
    }

    [Test]
    public void Handlers_of_one_name_are_observed_together()
    {
        StartWith("mine", "mine");
        Send(11);

        Observed().Should().ContainSingle().Which.Value.Should().Be(2);
    }

    [TearDown]
    public void Dispose()
    {
        listener.Dispose();
        meters.Dispose();
    }

    private IAsyncEnumerator<InformerChange<Widget>> StartWith(params string[] names)
    {
        server.List(10).Watch();
        factory.Start();
        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        world.RunUntilIdle();
        IAsyncEnumerator<InformerChange<Widget>>[] all = [.. names.Select(name => informer.ChangesAsync(new HandlerOptions { Name = name }).GetAsyncEnumerator())];
        foreach (IAsyncEnumerator<InformerChange<Widget>> one in all)
            world.Run(async () => await one.MoveNextAsync());

        return all[0];
    }

    private void Send(int version)
    {
        server.LastWatch.Send(Modified(Widget.Of("a", version)));
        world.RunUntilIdle();
    }

    private List<(string, double Value, string)> Observed()
    {
        seen.Clear();
        listener.RecordObservableInstruments();
        return [.. seen];
    }

    private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        seen.Add((instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));

    private sealed class OneMeter : IMeterFactory
    {
        public Meter Meter { get; } = new("test");

        public Meter Create(MeterOptions options) => Meter;

        public void Dispose() => Meter.Dispose();
    }
}
