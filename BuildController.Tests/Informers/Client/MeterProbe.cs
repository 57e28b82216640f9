using System.Diagnostics.Metrics;
using System.Globalization;
using BuildController.Informers.Execution;

namespace BuildController.Tests.Informers.Client;

/// <summary>A meter of its own, and what is measured with it, in order. Observable instruments are left out.</summary>
internal sealed class MeterProbe : IMeterFactory
{
    private readonly Meter meter = new("test");
    private readonly MeterListener listener;

    public MeterProbe(OperatorRuntime runtime)
    {
        Runtime = new OperatorRuntime
        {
            Time = runtime.Time, Scheduler = runtime.Scheduler, Random = new Random(1), LoggerFactory = runtime.LoggerFactory, MeterFactory = this,
        };
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter == meter && !instrument.IsObservable)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
    }

    /// <summary>The runtime given, with this meter.</summary>
    public OperatorRuntime Runtime { get; }

    /// <summary><c>name value tag=of …</c>.</summary>
    public List<string> Measured { get; } = [];

    public Dictionary<string, Instrument> Instruments { get; } = [];

    public Meter Create(MeterOptions options) => meter;

    public void Dispose()
    {
        listener.Dispose();
        meter.Dispose();
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value}");
        foreach ((string tag, object? of) in tags)
            text += $" {tag}={of}";

        lock (Measured)
        {
            Instruments[instrument.Name] = instrument;
            Measured.Add(text);
        }
    }
}
