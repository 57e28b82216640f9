using System.Diagnostics.Metrics;
using System.Globalization;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using FluentAssertions;

namespace BuildController.Tests.Informers.Diagnostics;

/// <summary>A meter of a test's own, and everything that is measured on it. Give it to a runtime as its factory, or take <see cref="Runtime"/>.</summary>
internal sealed class MeterProbe : IMeterFactory
{
    private readonly Lock gate = new();
    private readonly Meter meter = new("test");
    private readonly MeterListener listener;
    private readonly List<Measured> measured = [];
    private readonly List<Measured> observed = [];

    public MeterProbe(OperatorRuntime? runtime = null)
    {
        runtime ??= OperatorRuntime.Default;
        Runtime = new OperatorRuntime
        {
            Time = runtime.Time, Scheduler = runtime.Scheduler, Random = new Random(1), LoggerFactory = runtime.LoggerFactory, MeterFactory = this,
        };
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
    }

    /// <summary>The runtime given, with this meter.</summary>
    public OperatorRuntime Runtime { get; }

    /// <summary>The instruments that have measured something, by name.</summary>
    public Dictionary<string, Instrument> Instruments { get; } = [];

    /// <summary>What was measured, in order, as <c>name value tag=of …</c>; what is observed only when asked for is left out.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
                return [.. measured.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Value}{string.Concat(one.Tags.Select(static tag => $" {tag}"))}"))];
        }
    }

    public Meter Create(MeterOptions options)
    {
        options.Name.Should().BeOneOf(MetricNames.Meter, BuildController.Core.Diagnostics.ImageBuildTelemetry.Name);
        return meter;
    }

    /// <summary>The sum of all that a counter counted; the series is <c>name{tag=value,tag=value}</c>.</summary>
    public double Sum(string series) => Values(series).Sum();

    /// <summary>Everything recorded by a histogram or counter, in order.</summary>
    public double[] Values(string series)
    {
        lock (gate)
            return [.. measured.Where(one => one.Series == series).Select(static one => one.Value)];
    }

    /// <summary>What the gauges say now, by series.</summary>
    public Dictionary<string, double> Observe()
    {
        lock (gate)
            observed.Clear();

        listener.RecordObservableInstruments();
        lock (gate)
            return observed.ToDictionary(static one => one.Series, static one => one.Value);
    }

    public void Dispose()
    {
        listener.Dispose();
        meter.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string[] texts = [.. tags.ToArray().Select(static tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}"))];
        lock (gate)
        {
            Instruments[instrument.Name] = instrument;
            (instrument.IsObservable ? observed : measured).Add(new Measured(instrument.Name, value, texts));
        }
    }

    private sealed record Measured(string Name, double Value, string[] Tags)
    {
        public string Series => $"{Name}{{{string.Join(',', Tags)}}}";
    }
}
