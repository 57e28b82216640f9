using System.Diagnostics.Metrics;
using System.Globalization;
using BuildController.Informers.Diagnostics;
using FluentAssertions;

namespace BuildController.Tests.Informers.Diagnostics;

/// <summary>A meter of a test's own, and everything that is measured on it. Give it to a runtime as its factory.</summary>
internal sealed class MeterProbe : IMeterFactory
{
    private readonly Lock gate = new();
    private readonly Meter meter = new("test");
    private readonly MeterListener listener;
    private readonly List<(string Series, double Value)> measured = [];

    public MeterProbe()
    {
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

    public Meter Create(MeterOptions options)
    {
        options.Name.Should().Be(MetricNames.Meter);
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
        int before;
        lock (gate)
            before = measured.Count;

        listener.RecordObservableInstruments();
        lock (gate)
        {
            var observed = measured[before..].ToDictionary(static one => one.Series, static one => one.Value);
            measured.RemoveRange(before, measured.Count - before);
            return observed;
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        meter.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string text = string.Join(',', tags.ToArray().Select(static tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}")));
        lock (gate)
            measured.Add(($"{instrument.Name}{{{text}}}", value));
    }
}
