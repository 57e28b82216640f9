using System.Diagnostics.Metrics;
using System.Numerics;
using System.Text;

namespace BuildController.Host.Metrics;

/// <summary>
/// Listens to the instruments of some meters and tells their values in Prometheus' text format 0.0.4. Safe for concurrent use. Until the
/// first scrape it costs what the measurements cost.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>How the format is called in the Content-Type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Seconds, from what a cache answers to what a person gives up on; for histograms that advise nothing.</summary>
    private static readonly double[] DefaultBoundaries = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60];

    private readonly MeterListener listener = new();
    private readonly Lock scraping = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);
    private readonly List<MetricFamily> asked = [];

    /// <summary>Begins to listen.</summary>
    /// <param name="listensTo">Which meters.</param>
    public PrometheusExporter(Func<Meter, bool> listensTo)
    {
        listener.InstrumentPublished = (instrument, of) =>
        {
            if (listensTo(instrument.Meter) && FamilyOf(instrument) is { } family)
                of.EnableMeasurementEvents(instrument, family);
        };
        Take<byte>();
        Take<short>();
        Take<int>();
        Take<long>();
        Take<float>();
        Take<double>();
        Take<decimal>();
        listener.Start();
    }

    /// <summary>All values of this moment.</summary>
    public string Scrape()
    {
        // One scrape at a time: another would clear what this one has asked for.
        lock (scraping)
        {
            foreach (MetricFamily family in Copy(asked))
                family.Clear();

            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (MetricFamily family in Copy(families.Values))
                family.Write(text);

            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private MetricFamily[] Copy(IEnumerable<MetricFamily> some)
    {
        lock (gate)
            return [.. some];
    }

    private void Take<T>()
        where T : struct, INumber<T> =>
        listener.SetMeasurementEventCallback<T>(static (_, value, tags, state) => ((MetricFamily)state!).Record(double.CreateChecked(value), tags));

    /// <returns>Null for an instrument whose name is taken by one of another type: two types in one family are no valid text.</returns>
    private MetricFamily? FamilyOf(Instrument instrument)
    {
        Type type = instrument.GetType().GetGenericTypeDefinition();
        bool isCounter = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
        string name = NameOf(instrument, isCounter);
        lock (gate)
        {
            MetricFamily family = Make();
            if (families.TryGetValue(name, out MetricFamily? known))
                return known.GetType() == family.GetType() ? known : null;

            families[name] = family;
            if (instrument.IsObservable)
                asked.Add(family);

            return family;
        }

        MetricFamily Make() => type == typeof(Histogram<>)
            ? new HistogramFamily(name, instrument.Description ?? string.Empty, BoundariesOf(instrument))
            : new ValueFamily(name, instrument.Description ?? string.Empty, isCounter, adds: type == typeof(Counter<>) || type == typeof(UpDownCounter<>));
    }

    /// <summary>Names that are Prometheus' already, as ours are, stay; others get the unit and the ending that the format wants.</summary>
    private static string NameOf(Instrument instrument, bool isCounter)
    {
        string name = MetricText.Name(instrument.Name);
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        const string Total = "_total";
        string stem = name.EndsWith(Total, StringComparison.Ordinal) ? name[..^Total.Length] : name;
        if (!stem.EndsWith(unit, StringComparison.Ordinal))
            stem += unit;

        return isCounter ? stem + Total : stem;
    }

    private static IReadOnlyList<double> BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => advised,
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(static bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(static bound => (double)bound)],
        _ => DefaultBoundaries,
    };
}
