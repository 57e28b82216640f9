using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>A process over all its lives: starts it, lets it die, stand still and stop, and carries its requests.</summary>
internal sealed class ProcessHost
{
    private readonly SimulatedWorld world;
    private readonly Func<SimulatedProcess, Task> run;
    private readonly ProcessOptions options;
    private readonly FaultInjector injector;
    private readonly List<ClusterWatch> watches = [];
    private Life? life;
    private int incarnations;
    private int sent;

    public ProcessHost(SimulatedWorld world, string name, Func<SimulatedProcess, Task> run, ProcessOptions options, IFaultPlan plan)
    {
        this.world = world;
        this.run = run;
        this.options = options;
        Name = name;
        injector = new FaultInjector(name, options.IsUndisturbed ? ScriptedFaults.None : plan, world.Cluster, world.Runtime) { Befalls = world.Befallen, Process = BefallAsync };
    }

    public string Name { get; }

    /// <summary>How many requests it has made in all its lives.</summary>
    public int Requests => injector.Requests;

    public bool IsAlive => life is not null;

    public bool HasEnded => life is { Task.IsCompleted: true };

    public int ActiveTimers => life?.Time.ActiveTimers ?? 0;

    /// <summary>Where its tasks are, while it lives.</summary>
    public ProcessScheduler? Scheduler => life?.Scheduler;

    public void Start()
    {
        int incarnation = ++incarnations;
        var time = new ProcessTime(world.ManualTime);
        var scheduler = new ProcessScheduler();
        var stopping = new CancellationTokenSource();
        var lot = new Lot(world.Seed, Name, -incarnation);
        var runtime = new OperatorRuntime
        {
            Time = time,
            Scheduler = scheduler,
            Random = new SeededRandom(lot),
            LoggerFactory = new TraceLogger(text => world.Trace(Name, text)),
            MeterFactory = world.Meters,
        };
        var clientset = new FakeClientset(world.Cluster) { FieldManager = Name, RecordsActions = false };
        clientset.AddReactor(ReactAsync);
        life = new Life(time, scheduler, stopping);
        world.Trace(Name, incarnation == 1 ? "starts" : $"starts again (life {incarnation})");
        var process = new SimulatedProcess(Name, incarnation, world, clientset, runtime, stopping.Token);
        life.Task = runtime.Start(() => run(process));
    }

    /// <summary>Ends the life at once: nothing of it goes on.</summary>
    public void Crash(string why, TimeSpan downFor)
    {
        if (life is null)
            return;

        world.Trace(Name, $"dies: {why}");
        Bury();
        world.After(downFor, () =>
        {
            if (life is null && !world.IsStopping)
                Start();
        });
    }

    public void Pause(TimeSpan time)
    {
        if (life is not { } present)
            return;

        present.Scheduler.IsPaused = true;
        present.Time.Pause();
        world.After(time, () =>
        {
            present.Scheduler.IsPaused = false;
            present.Time.Resume();
        });
    }

    /// <summary>Asks it to stop in order.</summary>
    public void BeginStop()
    {
        world.Trace(Name, "is asked to stop");
        life?.Stopping.Cancel();
    }

    /// <summary>Lets a life that ended by itself be followed by the next.</summary>
    public void Look()
    {
        if (life is not { Task.IsCompleted: true } over || world.IsStopping)
            return;

        string why = over.Task.Exception?.GetBaseException() is { } error ? $"{error.GetType().Name}: {error.Message}" : "its work has ended";
        Crash(why, options.RestartDelay);
    }

    private async Task<FakeResponse> ReactAsync(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        TimeProvider time = life!.Time;
        int number = ++sent;
        var lot = new Lot(world.Seed, Name, number);
        await world.LatencyAsync(ref lot, time, cancellationToken);
        try
        {
            FakeResponse response = await injector.ReactAsync(request, next, cancellationToken);
            if (response.Events is ClusterWatch watch)
                watches.Add(watch);

            await world.LatencyAsync(ref lot, time, cancellationToken);
            world.Trace(Name, request.ToString());
            return request.Verb == "watch" ? response with { Events = new LaggingEvents(response.Events!, lot, world, time) } : response;
        }
        catch (ApiException error)
        {
            world.Trace(Name, $"{request}: {(error.Code > 0 ? $"{error.Code} " : string.Empty)}{error.Reason}");
            throw;
        }
    }

    private async Task<FakeResponse> BefallAsync(Fault fault, Func<Task<FakeResponse>> next)
    {
        switch (fault.Kind)
        {
            case FaultKind.Pause:
                Pause(fault.Time);
                await Task.Yield();
                return await next();
            case FaultKind.CrashAfter:
                await next();
                break;
        }

        Crash(fault.ToString(), fault.Time);
        await new TaskCompletionSource().Task;
        throw new InvalidOperationException("The dead do not go on.");
    }

    private void Bury()
    {
        life!.Scheduler.Kill();
        life.Time.Kill();
        life = null;
        foreach (ClusterWatch watch in watches)
            watch.Dispose();

        watches.Clear();
    }

    private sealed class Life(ProcessTime time, ProcessScheduler scheduler, CancellationTokenSource stopping)
    {
        public ProcessTime Time => time;

        public ProcessScheduler Scheduler => scheduler;

        public CancellationTokenSource Stopping => stopping;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
