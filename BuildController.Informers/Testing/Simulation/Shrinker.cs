using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>Looks for the fewest faults with which a run still fails: leaves out larger parts first, then smaller ones, then single ones.</summary>
internal static class Shrinker
{
    /// <returns>The shortest failing run found, which may be the one given.</returns>
    public static SimulationResult Shrink(SimulationResult failed, SimulationOptions options)
    {
        SimulationResult best = failed;
        int runs = 0;
        int part = Math.Max(1, best.Faults.Count / 2);
        while (runs < options.MaxShrinkRuns && best.Faults.Count > 0)
        {
            bool hasShrunk = false;
            for (int from = 0; from < best.Faults.Count && runs < options.MaxShrinkRuns;)
            {
                runs++;
                SimulationResult tried = Without(best, from, part, options);
                if (tried.IsSuccess)
                {
                    from += part;
                    continue;
                }

                // What is left moves up, so the same place is tried again.
                hasShrunk = true;
                best = tried;
            }

            if (part == 1 && !hasShrunk)
                break;

            part = Math.Max(1, hasShrunk ? Math.Min(part, best.Faults.Count) : part / 2);
        }

        return best;
    }

    private static SimulationResult Without(SimulationResult run, int from, int count, SimulationOptions options)
    {
        IEnumerable<KeyValuePair<(string Client, int Number), Fault>> left = run.Faults.Where((_, at) => at < from || at >= from + count);
        return new SimulationRun(run.Seed, run.Scenario, options, new ScriptedFaults(left), isScripted: true).Run();
    }
}
