using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using BuildController.Informers.Api;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Diagnostics;

/// <summary>
/// The instruments of all handlers of one meter. What a gauge observes is looked up in a list of the handlers that are
/// there, so a removed one is neither observed nor kept.
/// </summary>
internal sealed class HandlerMetrics
{
    private static readonly ConditionalWeakTable<Meter, HandlerMetrics> ByMeter = [];

    private readonly Lock gate = new();
    private readonly HashSet<HandlerInstruments> handlers = [];
    private readonly Histogram<double> lag;
    private readonly Counter<long> failures;

    private HandlerMetrics(Meter meter)
    {
        meter.CreateObservableGauge(MetricNames.HandlerPendingItems, Observe, "{event}", "Events that a handler has not been called for yet.");
        failures = meter.CreateCounter<long>(MetricNames.HandlerFailures, "{call}", "Handler calls that threw.");
        lag = meter.CreateHistogram(
            MetricNames.HandlerLag, "s", "From the application of a change to the store until the handler is called for it.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60] });
    }

    public static HandlerMetrics Of(OperatorRuntime runtime) => ByMeter.GetValue(runtime.Meter, static meter => new HandlerMetrics(meter));

    /// <summary>Makes the instruments of one handler; disposing them ends their observation.</summary>
    /// <param name="name">The handler's name.</param>
    /// <param name="resource">What it is told of.</param>
    /// <param name="pending">How many events wait for it.</param>
    /// <param name="time">The clock of the timestamps.</param>
    public HandlerInstruments Add(string name, GroupVersionResource resource, Func<int> pending, TimeProvider time)
    {
        var instruments = new HandlerInstruments(this, name, resource, pending, time);
        lock (gate)
            handlers.Add(instruments);

        return instruments;
    }

    private IEnumerable<Measurement<long>> Observe()
    {
        HandlerInstruments[] present;
        lock (gate)
            present = [.. handlers];

        return present.GroupBy(static handler => (handler.Name, handler.Resource))
            .Select(static same => new Measurement<long>(same.Sum(static handler => (long)handler.Pending()), same.First().Tags));
    }

    /// <summary>The instruments of one handler.</summary>
    internal sealed class HandlerInstruments(HandlerMetrics metrics, string name, GroupVersionResource resource, Func<int> pending, TimeProvider time) : IDisposable
    {
        public string Name => name;

        public GroupVersionResource Resource => resource;

        public Func<int> Pending => pending;

        public KeyValuePair<string, object?>[] Tags { get; } =
        [
            new(MetricNames.HandlerTag, name),
            new(MetricNames.GroupTag, resource.Group),
            new(MetricNames.VersionTag, resource.Version),
            new(MetricNames.ResourceTag, resource.Plural),
        ];

        /// <summary>A call begins.</summary>
        /// <param name="applied">When its change was applied, as a timestamp.</param>
        public void Called(long applied)
        {
            if (metrics.lag.Enabled)
                metrics.lag.Record(time.GetElapsedTime(applied).TotalSeconds, Tags);
        }

        /// <summary>A call has thrown.</summary>
        public void Failed() => metrics.failures.Add(1, Tags);

        public void Dispose()
        {
            lock (metrics.gate)
                metrics.handlers.Remove(this);
        }
    }
}
