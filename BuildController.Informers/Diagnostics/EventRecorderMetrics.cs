using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Diagnostics;

/// <summary>
/// The instruments of all event recorders of one meter. The gauge is the sum over those that are there: one that was disposed is neither
/// observed nor kept.
/// </summary>
internal sealed class EventRecorderMetrics
{
    private static readonly ConditionalWeakTable<Meter, EventRecorderMetrics> ByMeter = [];

    private readonly Lock gate = new();
    private readonly HashSet<Observation> recorders = [];
    private readonly Counter<long> recorded;
    private readonly Counter<long> discarded;

    private EventRecorderMetrics(Meter meter)
    {
        recorded = meter.CreateCounter<long>(MetricNames.EventsRecorded, "{event}", "Events that a recorder was given, by type.");
        discarded = meter.CreateCounter<long>(MetricNames.EventsDiscarded, "{event}", "Events that were not written, by the reason why not.");
        meter.CreateObservableGauge(MetricNames.EventsQueued, Queued, "{event}", "Events that wait to be written.");
    }

    public static EventRecorderMetrics Of(OperatorRuntime runtime) => ByMeter.GetValue(runtime.Meter, static meter => new EventRecorderMetrics(meter));

    /// <summary>Observes a recorder until the result is disposed.</summary>
    /// <param name="queued">How many events wait in it.</param>
    public IDisposable Observe(Func<int> queued)
    {
        var observation = new Observation(this, queued);
        lock (gate)
            recorders.Add(observation);

        return observation;
    }

    public void Recorded(EventType type) =>
        recorded.Add(1, new KeyValuePair<string, object?>(MetricNames.TypeTag, type == EventType.Warning ? nameof(EventType.Warning) : nameof(EventType.Normal)));

    public void Discarded(EventOutcome outcome) => discarded.Add(1, new KeyValuePair<string, object?>(MetricNames.ResultTag, outcome switch
    {
        EventOutcome.Full => "full",
        EventOutcome.Spam => "spam",
        EventOutcome.Refused => "refused",
        EventOutcome.GaveUp => "gave_up",
        _ => "stopped",
    }));

    private IEnumerable<Measurement<long>> Queued()
    {
        Observation[] present;
        lock (gate)
            present = [.. recorders];

        return present.Length == 0 ? [] : [new Measurement<long>(present.Sum(static recorder => (long)recorder.Queued()))];
    }

    private sealed class Observation(EventRecorderMetrics metrics, Func<int> queued) : IDisposable
    {
        public Func<int> Queued => queued;

        public void Dispose()
        {
            lock (metrics.gate)
                metrics.recorders.Remove(this);
        }
    }
}
