using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace BuildController.Informers.Diagnostics;

/// <summary>A controller, as its gauges see it.</summary>
internal interface IControllerGauges
{
    string Name { get; }

    int Workers { get; }

    int ActiveWorkers { get; }
}

/// <summary>The controllers' instruments, one set for each meter.</summary>
internal sealed class ControllerMetrics
{
    private static readonly ConditionalWeakTable<Meter, ControllerMetrics> ByMeter = [];

    /// <summary>controller-runtime's.</summary>
    private static readonly double[] Boundaries =
        [.005, .01, .025, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5, .6, .7, .8, .9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60];

    private readonly Lock gate = new();
    private readonly HashSet<IControllerGauges> controllers = [];
    private readonly Counter<long> reconciles;
    private readonly Counter<long> deferred;
    private readonly Histogram<double> durations;

    private ControllerMetrics(Meter meter)
    {
        reconciles = meter.CreateCounter<long>(MetricNames.Reconciles, "{reconciliation}", "Reconciliations, by result.");
        deferred = meter.CreateCounter<long>(MetricNames.ReconcilesDeferred, "{key}", "Keys that came too often and were put off.");
        durations = meter.CreateHistogram(
            MetricNames.ReconcileDuration, "s", "How long reconciliations took.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Boundaries });
        meter.CreateObservableGauge(MetricNames.ControllerWorkers, () => Observe(static one => one.Workers), "{worker}", "How many keys a controller reconciles at once at most.");
        meter.CreateObservableGauge(MetricNames.ControllerActiveWorkers, () => Observe(static one => one.ActiveWorkers), "{worker}", "How many keys a controller reconciles now.");
    }

    public static ControllerMetrics Of(Meter meter) => ByMeter.GetValue(meter, static made => new ControllerMetrics(made));

    public void Observe(IControllerGauges controller)
    {
        lock (gate)
            controllers.Add(controller);
    }

    public void Forget(IControllerGauges controller)
    {
        lock (gate)
            controllers.Remove(controller);
    }

    public void Reconciled(string controller, string result, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>(MetricNames.ControllerTag, controller);
        reconciles.Add(1, tag, new(MetricNames.ResultTag, result));
        durations.Record(took.TotalSeconds, tag);
    }

    public void Deferred(string controller) => deferred.Add(1, new KeyValuePair<string, object?>(MetricNames.ControllerTag, controller));

    private IEnumerable<Measurement<long>> Observe(Func<IControllerGauges, int> value)
    {
        IControllerGauges[] present;
        lock (gate)
            present = [.. controllers];

        return from controller in present
               group controller by controller.Name into same
               select new Measurement<long>(same.Sum(one => (long)value(one)), new KeyValuePair<string, object?>(MetricNames.ControllerTag, same.Key));
    }
}
