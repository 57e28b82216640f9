using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace BuildController.Informers.Diagnostics;

/// <summary>What the gauge asks of an elector that runs.</summary>
internal interface ILeaderGauge
{
    string LeaseName { get; }

    bool IsLeading { get; }
}

/// <summary>The instruments of leader election, one set for each meter; the gauge is over the electors that run.</summary>
internal sealed class LeaderMetrics
{
    private static readonly ConditionalWeakTable<Meter, LeaderMetrics> ByMeter = [];

    private readonly Lock gate = new();
    private readonly HashSet<ILeaderGauge> running = [];
    private readonly Counter<long> slowPath;
    private readonly Counter<long> fencedWrites;

    private LeaderMetrics(Meter meter)
    {
        slowPath = meter.CreateCounter<long>(MetricNames.LeaderSlowPath, "{renewal}", "Renewals that had to read the lease first.");
        fencedWrites = meter.CreateCounter<long>(MetricNames.ClientFencedWrites, "{request}", "Writes that were refused because their sender does not lead.");
        meter.CreateObservableGauge(MetricNames.LeaderStatus, Observe, null, "Whether this process leads.");
    }

    public static LeaderMetrics Of(Meter meter) => ByMeter.GetValue(meter, static made => new LeaderMetrics(made));

    public void Observe(ILeaderGauge elector)
    {
        lock (gate)
            running.Add(elector);
    }

    public void Forget(ILeaderGauge elector)
    {
        lock (gate)
            running.Remove(elector);
    }

    public void SlowPath(string lease) => slowPath.Add(1, new KeyValuePair<string, object?>(MetricNames.NameTag, lease));

    public void FencedWrite(string verb) => fencedWrites.Add(1, new KeyValuePair<string, object?>(MetricNames.VerbTag, verb));

    private IEnumerable<Measurement<long>> Observe()
    {
        ILeaderGauge[] present;
        lock (gate)
            present = [.. running];

        return present.GroupBy(static elector => elector.LeaseName).Select(static same => new Measurement<long>(
            same.Any(static elector => elector.IsLeading) ? 1 : 0, new KeyValuePair<string, object?>(MetricNames.NameTag, same.Key)));
    }
}
