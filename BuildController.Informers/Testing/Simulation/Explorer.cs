using System.Collections.Concurrent;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>Tries faults one by one, and two by two, wherever they can strike.</summary>
internal sealed class Explorer(SimulationScenario scenario, ExplorationOptions exploration, SimulationOptions options)
{
    private const int MostFailures = 3;

    private readonly ConcurrentBag<SimulationResult> failures = [];
    private long steps;

    public async Task<ExplorationResult> RunAsync(CancellationToken cancellationToken)
    {
        SimulationResult undisturbed = Run([]);
        IReadOnlyList<string> processes = exploration.Processes ?? [.. undisturbed.Requests.Keys];
        (string Process, Fault Fault)[] series = [.. from process in processes from fault in exploration.Faults select (process, fault)];
        var singles = new ConcurrentBag<KeyValuePair<(string Client, int Number), Fault>>();
        if (undisturbed.IsSuccess)
            await Batch.RunAsync(series, one => Follow(one.Process, one.Fault, singles), GoesOn, cancellationToken);

        var found = singles.OrderBy(static one => one.Key.Client, StringComparer.Ordinal).ThenBy(static one => one.Key.Number).ThenBy(static one => one.Value.Kind).ToList();
        List<KeyValuePair<(string Client, int Number), Fault>[]> pairs = exploration.Pairs ? Choose(found) : [];
        int tried = 0;
        await Batch.RunAsync(
            pairs,
            pair =>
            {
                Interlocked.Increment(ref tried);
                Run(pair);
            },
            GoesOn,
            cancellationToken);

        return new ExplorationResult
        {
            Requests = processes.Sum(process => undisturbed.Requests.GetValueOrDefault(process)),
            Singles = found.Count,
            CrashPoints = found.Count(static one => one.Value.Kind is FaultKind.CrashBefore or FaultKind.CrashAfter),
            Pairs = tried,
            PairsInAll = PairsOf(found.Count),
            Steps = steps,
            Failures = [.. failures.OrderBy(static failure => failure.Faults.Count).Take(MostFailures)],
        };
    }

    private static long PairsOf(long count) => count * (count - 1) / 2;

    private bool GoesOn() => failures.Count < MostFailures;

    /// <summary>One kind of fault at one request after the other, until the run has no more of them.</summary>
    private void Follow(string process, Fault fault, ConcurrentBag<KeyValuePair<(string Client, int Number), Fault>> struck)
    {
        for (int number = 1; GoesOn(); number++)
        {
            var one = new KeyValuePair<(string Client, int Number), Fault>((process, number), fault);
            SimulationResult result = Run([one]);
            if (result.Faults.Count > 0)
                struck.Add(one);
            else if (number >= result.Requests[process])
                return;
        }
    }

    private SimulationResult Run(KeyValuePair<(string Client, int Number), Fault>[] faults)
    {
        SimulationResult result = new SimulationRun(exploration.Seed, scenario, options, new ScriptedFaults(faults), isScripted: true).Run();
        Interlocked.Add(ref steps, result.Steps);
        if (!result.IsSuccess)
            failures.Add(result);

        return result;
    }

    /// <summary>Pairs of faults at different requests, at even distances where there are too many.</summary>
    private List<KeyValuePair<(string Client, int Number), Fault>[]> Choose(List<KeyValuePair<(string Client, int Number), Fault>> singles)
    {
        long all = PairsOf(singles.Count);
        double distance = Math.Max(1, (double)all / Math.Max(1, exploration.MaxPairs));
        var chosen = new List<KeyValuePair<(string Client, int Number), Fault>[]>();
        double next = 0;
        long at = 0;
        for (int first = 0; first < singles.Count; first++)
        {
            for (int second = first + 1; second < singles.Count; second++, at++)
            {
                if (at < next)
                    continue;

                next += distance;
                if (singles[first].Key != singles[second].Key)
                    chosen.Add([singles[first], singles[second]]);
            }
        }

        return chosen;
    }
}
