using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace BuildController.Informers.Diagnostics;

/// <summary>What the gauges say of a queue.</summary>
/// <param name="Depth">Keys that are ready, or will be once their workers are done.</param>
/// <param name="Unfinished">How long the keys with workers have been with them, summed.</param>
/// <param name="Longest">The longest of them.</param>
internal readonly record struct QueueGauges(int Depth, TimeSpan Unfinished, TimeSpan Longest);

/// <summary>A queue, as its gauges see it.</summary>
internal interface IQueueGauges
{
    string Name { get; }

    QueueGauges Observe();
}

/// <summary>The queues' instruments, one set for each meter. Queues of one name share a series. The tag of a queue's name comes with each call, so that none is made for it.</summary>
internal sealed class QueueMetrics
{
    private static readonly ConditionalWeakTable<Meter, QueueMetrics> ByMeter = [];

    /// <summary>client-go's ten buckets begin at 10 ns and miss what matters between a millisecond and a second; these are finer there.</summary>
    private static readonly double[] Boundaries =
        [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 5e-4, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Lock gate = new();
    private readonly HashSet<IQueueGauges> queues = [];
    private readonly Counter<long> adds;
    private readonly Counter<long> retries;
    private readonly Histogram<double> waits;
    private readonly Histogram<double> work;

    private QueueMetrics(Meter meter)
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = Boundaries };
        adds = meter.CreateCounter<long>(MetricNames.QueueAdds, "{key}", "Adds that changed something.");
        retries = meter.CreateCounter<long>(MetricNames.QueueRetries, "{key}", "Adds that asked for a delay.");
        waits = meter.CreateHistogram(MetricNames.QueueDuration, "s", "From when a key became ready until a worker took it.", tags: null, advice);
        work = meter.CreateHistogram(MetricNames.QueueWorkDuration, "s", "How long a worker had a key.", tags: null, advice);
        meter.CreateObservableGauge(MetricNames.QueueDepth, () => Observe(static values => values.Sum(static one => (long)one.Depth)), "{key}", "Keys that are ready, or added again while a worker has them.");
        meter.CreateObservableGauge(MetricNames.QueueUnfinishedWork, () => Observe(static values => values.Sum(static one => one.Unfinished.TotalSeconds)), "s", "How long the keys with workers have been with them, summed.");
        meter.CreateObservableGauge(MetricNames.QueueLongestRunning, () => Observe(static values => values.Max(static one => one.Longest.TotalSeconds)), "s", "How long the key that a worker has had longest has been with it.");
    }

    public static QueueMetrics Of(Meter meter) => ByMeter.GetValue(meter, static made => new QueueMetrics(made));

    /// <summary>Whether anybody listens to how long work takes: otherwise the clock need not be read.</summary>
    public bool WantsWork => work.Enabled;

    public void Observe(IQueueGauges queue)
    {
        lock (gate)
            queues.Add(queue);
    }

    public void Forget(IQueueGauges queue)
    {
        lock (gate)
            queues.Remove(queue);
    }

    public void Added(KeyValuePair<string, object?> name, int count = 1)
    {
        if (count > 0)
            adds.Add(count, name);
    }

    public void Retried(KeyValuePair<string, object?> name) => retries.Add(1, name);

    public void Taken(TimeSpan waited, KeyValuePair<string, object?> name) => waits.Record(waited.TotalSeconds, name);

    public void Worked(TimeSpan worked, KeyValuePair<string, object?> name) => work.Record(worked.TotalSeconds, name);

    private IEnumerable<Measurement<TValue>> Observe<TValue>(Func<IEnumerable<QueueGauges>, TValue> sum)
        where TValue : struct
    {
        IQueueGauges[] present;
        lock (gate)
            present = [.. queues];

        return from queue in present
               group queue.Observe() by queue.Name into same
               select new Measurement<TValue>(sum(same), new KeyValuePair<string, object?>(MetricNames.NameTag, same.Key));
    }
}
