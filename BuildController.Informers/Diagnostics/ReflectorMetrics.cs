using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using BuildController.Informers.Api;

namespace BuildController.Informers.Diagnostics;

/// <summary>What the gauges ask of a reflector that runs.</summary>
internal interface IReflectorGauges
{
    GroupVersionResource Resource { get; }

    int QueuedItems { get; }

    /// <summary>Null before the first sign of life.</summary>
    TimeSpan? SinceContact { get; }
}

/// <summary>
/// The reflectors' instruments, one set for each meter. An observable gauge cannot be taken from its meter, so there is one
/// of each, over the reflectors that run: thousands of informers that come and go leave nothing behind.
/// </summary>
/// <remarks>
/// Informers of one resource in several namespaces share a series, so that their number does not set the number of series: queued items
/// are summed, and of the last contacts the oldest counts.
/// </remarks>
internal sealed class ReflectorMetrics
{
    public const string Success = "success";

    private static readonly ConditionalWeakTable<Meter, ReflectorMetrics> ByMeter = [];

    private readonly Lock gate = new();
    private readonly HashSet<IReflectorGauges> running = [];
    private readonly Counter<long> lists;
    private readonly Counter<long> watches;
    private readonly Counter<long> silentWatches;
    private readonly Counter<long> undecodable;

    private ReflectorMetrics(Meter meter)
    {
        lists = meter.CreateCounter<long>(MetricNames.InformerLists, "{list}", "Lists, by result.");
        watches = meter.CreateCounter<long>(MetricNames.InformerWatches, "{watch}", "Watches opened, by result.");
        silentWatches = meter.CreateCounter<long>(MetricNames.InformerSilentWatches, "{watch}", "Watches given up because nothing came on them.");
        undecodable = meter.CreateCounter<long>(MetricNames.InformerUndecodableObjects, "{object}", "Objects received that could not be decoded.");
        meter.CreateObservableGauge(MetricNames.InformerQueuedItems, ObserveQueued, "{change}", "Changes read from the server and not yet applied.");
        meter.CreateObservableGauge(MetricNames.InformerLastContact, ObserveContact, "s", "Seconds since the server last gave a sign of life.");
    }

    public static ReflectorMetrics Of(Meter meter) => ByMeter.GetValue(meter, static made => new ReflectorMetrics(made));

    /// <summary>How many reflectors are observed.</summary>
    public int Running
    {
        get
        {
            lock (gate)
                return running.Count;
        }
    }

    public void Observe(IReflectorGauges reflector)
    {
        lock (gate)
            running.Add(reflector);
    }

    public void Forget(IReflectorGauges reflector)
    {
        lock (gate)
            running.Remove(reflector);
    }

    public void Listed(GroupVersionResource resource, Exception? error = null) => lists.Add(1, [.. Tags(resource), Result(error)]);

    public void Watched(GroupVersionResource resource, Exception? error = null) => watches.Add(1, [.. Tags(resource), Result(error)]);

    public void WasSilent(GroupVersionResource resource) => silentWatches.Add(1, Tags(resource));

    public void Undecodable(GroupVersionResource resource) => undecodable.Add(1, Tags(resource));

    private static KeyValuePair<string, object?> Result(Exception? error) => new(MetricNames.ResultTag, error switch
    {
        null => Success,
        ApiException failure => failure.Reason.ToString(),
        _ => nameof(ApiErrorReason.Unknown),
    });

    private static KeyValuePair<string, object?>[] Tags(GroupVersionResource resource) =>
    [
        new(MetricNames.GroupTag, resource.Group),
        new(MetricNames.VersionTag, resource.Version),
        new(MetricNames.ResourceTag, resource.Plural),
    ];

    private IReflectorGauges[] All()
    {
        lock (gate)
            return [.. running];
    }

    private IEnumerable<Measurement<long>> ObserveQueued() =>
        from reflector in All()
        group reflector by reflector.Resource into same
        select new Measurement<long>(same.Sum(static reflector => (long)reflector.QueuedItems), Tags(same.Key));

    private IEnumerable<Measurement<double>> ObserveContact() =>
        from reflector in All()
        where reflector.SinceContact is not null
        group reflector by reflector.Resource into same
        select new Measurement<double>(same.Max(static reflector => reflector.SinceContact!.Value.TotalSeconds), Tags(same.Key));
}
