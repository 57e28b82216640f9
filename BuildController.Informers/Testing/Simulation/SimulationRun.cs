using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>
/// One run of a scenario, from its beginning to an orderly stop: disturbed while the users act, then calm until the goal is
/// reached, then at rest.
/// </summary>
internal sealed class SimulationRun
{
    private readonly SimulationScenario scenario;
    private readonly SimulationOptions options;
    private readonly SimulatedWorld world;
    private readonly Calmed plan;
    private Lot order;
    private Task users = Task.CompletedTask;
    private long checkedVersion = -1;
    private long steps;

    /// <param name="seed">The seed of all that is drawn by lot.</param>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="options">How.</param>
    /// <param name="plan">What goes wrong.</param>
    /// <param name="isScripted">Whether it goes wrong at any time, and not only while the world is disturbed.</param>
    public SimulationRun(int seed, SimulationScenario scenario, SimulationOptions options, IFaultPlan plan, bool isScripted)
    {
        this.scenario = scenario;
        this.options = options;
        this.plan = new Calmed(plan) { NeverCalms = isScripted };
        order = new Lot(seed, "order", 0);
        world = new SimulatedWorld(seed, options, this.plan);
    }

    public SimulationResult Run()
    {
        SimulationFailure? failure = null;
        try
        {
            scenario.Arrange(world);
            foreach (ProcessHost host in world.Hosts)
                host.Start();

            users = world.Runtime.Start(() => scenario.Act(world));
            Disturb();
            Calm();
            Rest();
            Stop();
        }
        catch (RunFailedException found)
        {
            failure = new SimulationFailure(found.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failure = new SimulationFailure($"the scenario itself threw {error.GetType().Name}: {error.Message}");
        }
        finally
        {
            world.Meters.Dispose();
        }

        if (failure is not null)
            world.Note($"FAILED: {failure.What}");

        return new SimulationResult
        {
            Scenario = scenario,
            Seed = world.Seed,
            Failure = failure,
            Trace = world.Entries,
            Faults = world.Struck,
            Requests = world.Hosts.ToDictionary(static host => host.Name, static host => host.Requests),
            Steps = steps,
            Elapsed = world.Elapsed,
        };
    }

    private void Disturb()
    {
        RunUntil(() => false, options.DisturbedFor);
        if (RunUntil(() => users.IsCompleted, options.Patience))
            plan.IsCalm = true;
        else
            throw new RunFailedException($"the users did not come to an end within {options.DisturbedFor + options.Patience}");

        if (users.Exception?.GetBaseException() is { } error)
            throw new RunFailedException($"the users' acts threw {error.GetType().Name}: {error.Message}");

        world.Note("calm");
    }

    private void Calm()
    {
        if (!RunUntil(() => scenario.Goal.IsReached(world), options.Patience))
            throw new RunFailedException($"the goal '{scenario.Goal.Name}' was not reached within {options.Patience} of calm{Missing()}");

        world.Note($"goal reached: {scenario.Goal.Name}");
    }

    private void Rest()
    {
        Dictionary<string, int> before = world.Hosts.ToDictionary(static host => host.Name, static host => host.Requests);
        RunUntil(() => false, options.RestFor);
        if (!scenario.Goal.IsReached(world))
            throw new RunFailedException($"the goal '{scenario.Goal.Name}' did not last for {options.RestFor}{Missing()}");

        foreach (ProcessHost host in world.Hosts)
        {
            double aMinute = (host.Requests - before[host.Name]) / options.RestFor.TotalMinutes;
            if (aMinute > options.MaxRequestsAtRest)
                throw new RunFailedException($"{host.Name} makes {aMinute:0} requests a minute at rest: at most {options.MaxRequestsAtRest} are allowed");
        }
    }

    private string Missing() => scenario.Goal.Missing(world) is { } missing ? $": {missing}" : string.Empty;

    /// <summary>Whoever is asked to stop must end, and leave nothing running.</summary>
    private void Stop()
    {
        world.IsStopping = true;
        foreach (ProcessHost host in world.Hosts)
            host.BeginStop();

        if (!RunUntil(() => world.Hosts.All(static host => host.HasEnded || !host.IsAlive), options.StopWithin))
        {
            string late = string.Join(", ", world.Hosts.Where(static host => host is { IsAlive: true, HasEnded: false }).Select(static host => host.Name));
            throw new RunFailedException($"{late} did not stop within {options.StopWithin}");
        }

        if (world.Hosts.FirstOrDefault(static host => host.ActiveTimers > 0) is { } leaking)
            throw new RunFailedException($"{leaking.Name} has stopped and left {leaking.ActiveTimers} timers behind");
    }

    /// <summary>Lets everything happen until something is so.</summary>
    /// <returns>False if the time is over before.</returns>
    private bool RunUntil(Func<bool> isSo, TimeSpan within)
    {
        long end = world.ManualTime.GetTimestamp() + within.Ticks;
        while (true)
        {
            while (Step())
            {
            }

            if (isSo())
                return true;

            var left = TimeSpan.FromTicks(end - world.ManualTime.GetTimestamp());
            if (world.ManualTime.AdvanceToNextTimer(left))
                continue;

            world.ManualTime.Advance(left);
            return isSo();
        }
    }

    /// <summary>One task of one process, whose turn is drawn by lot.</summary>
    private bool Step()
    {
        int ready = world.Scheduler.HasReady ? 1 : 0;
        foreach (ProcessHost host in world.Hosts)
        {
            if (host.Scheduler is { CanRun: true })
                ready++;
        }

        if (ready == 0)
            return false;

        if (++steps > options.MaxSteps)
            throw new RunFailedException($"still not over after {options.MaxSteps} steps: something spins without waiting");

        int turn = ready == 1 ? 0 : (int)(order.Next() * ready);
        if (world.Scheduler.HasReady && turn-- == 0)
        {
            world.Scheduler.RunOne();
        }
        else
        {
            foreach (ProcessHost host in world.Hosts)
            {
                if (host.Scheduler is not { CanRun: true } scheduler || turn-- > 0)
                    continue;

                scheduler.RunOne();
                host.Look();
                break;
            }
        }

        Check();
        return true;
    }

    private void Check()
    {
        long version = world.Cluster.Version;
        if (version == checkedVersion)
            return;

        checkedVersion = version;
        foreach (Invariant invariant in scenario.Invariants)
        {
            if (invariant.Violation(world) is { } violation)
                throw new RunFailedException($"'{invariant.Name}' is violated: {violation}");
        }
    }

    private sealed class RunFailedException(string message) : Exception(message);

    /// <summary>A plan that comes to its end.</summary>
    private sealed class Calmed(IFaultPlan plan) : IFaultPlan
    {
        public bool NeverCalms { get; init; }

        public bool IsCalm { get; set; }

        public Fault? At(FaultPoint point) => IsCalm && !NeverCalms ? null : plan.At(point);
    }
}
