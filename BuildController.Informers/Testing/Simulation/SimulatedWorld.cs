using System.Runtime.InteropServices;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Faults;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>
/// A cluster, its users and its processes, on one scheduler and in virtual time. One thread runs it; the functions of a scenario are
/// called on that thread.
/// </summary>
public sealed class SimulatedWorld
{
    private readonly SimulationOptions options;
    private readonly IFaultPlan plan;
    private readonly List<ProcessHost> hosts = [];
    private readonly List<TraceEntry> trace = [];
    private readonly List<KeyValuePair<(string Client, int Number), Fault>> struck = [];
    private readonly Dictionary<byte[], object> decoded = [];
    private Lot lot;

    internal SimulatedWorld(int seed, SimulationOptions options, IFaultPlan plan)
    {
        this.options = options;
        this.plan = plan;
        Seed = seed;
        lot = new Lot(seed, "world", 0);
        Runtime = new OperatorRuntime { Time = ManualTime, Scheduler = Scheduler, Random = new SeededRandom(new Lot(seed, "cluster", 0)), MeterFactory = Meters };
        Cluster = new InMemoryCluster(Runtime);
        var user = new FakeClientset(Cluster) { FieldManager = "user", RecordsActions = false };
        user.AddReactor(TraceUserAsync);
        User = user;
    }

    /// <summary>What everything that is drawn by lot follows from.</summary>
    public int Seed { get; }

    /// <summary>The cluster. What is done here directly is neither disturbed nor traced.</summary>
    public InMemoryCluster Cluster { get; }

    /// <summary>The connection of the users: nothing disturbs it, and it takes no time.</summary>
    public IClientset User { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => ManualTime;

    /// <summary>How much time has passed.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(ManualTime.GetTimestamp());

    internal ManualTimeProvider ManualTime { get; } = new();

    internal DeterministicScheduler Scheduler { get; } = new();

    internal WorldMeters Meters { get; } = new();

    internal OperatorRuntime Runtime { get; }

    internal IReadOnlyList<ProcessHost> Hosts => hosts;

    internal IReadOnlyList<TraceEntry> Entries => trace;

    /// <summary>What has gone wrong so far, and where.</summary>
    internal IReadOnlyList<KeyValuePair<(string Client, int Number), Fault>> Struck => struck;

    internal bool IsStopping { get; set; }

    /// <summary>Adds a process, which starts when the world does.</summary>
    /// <param name="name">What the trace calls it.</param>
    /// <param name="run">
    /// Its main function, called once in each of its lives: it makes what the process is made of, on the runtime and the clientset given, and ends when it is
    /// asked to stop and nothing of it runs any more. If it ends earlier the process has died, and is started again after a while.
    /// </param>
    /// <param name="options">How it is treated; null for the defaults.</param>
    public void AddProcess(string name, Func<SimulatedProcess, Task> run, ProcessOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(run);
        if (hosts.Any(host => host.Name == name))
            throw new ArgumentException($"There is a process '{name}' already.", nameof(name));

        hosts.Add(new ProcessHost(this, name, run, options ?? new ProcessOptions(), plan));
    }

    /// <summary>Adds several processes that do the same: <c>name-0</c>, <c>name-1</c> and so on.</summary>
    /// <inheritdoc cref="AddProcess(string, Func{SimulatedProcess, Task}, ProcessOptions?)"/>
    public void AddProcess(string name, Func<SimulatedProcess, Task> run, int replicas, ProcessOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        for (int i = 0; i < replicas; i++)
            AddProcess($"{name}-{i}", run, options);
    }

    /// <summary>Lets a process die, as faults do. It is started again after a time.</summary>
    public void Crash(string process, TimeSpan downFor) => hosts.First(host => host.Name == process).Crash("the scenario says so", downFor);

    /// <summary>Makes a custom resource known, unless it is already.</summary>
    public void Register<T>(ResourceType<T> type, bool hasStatus = true)
        where T : class => new FakeClientset(Cluster).Register(type, hasStatus);

    /// <summary>Puts objects into the cluster, as they are, registering their type and making their namespaces.</summary>
    public void Put<T>(ResourceType<T> type, params IEnumerable<T> objects)
        where T : class => new FakeClientset(Cluster).Seed(type, objects);

    /// <summary>All objects of a resource, or those of a namespace, as they are in the cluster at this moment. Nobody notices.</summary>
    public IReadOnlyList<T> List<T>(ResourceType<T> type, string? @namespace = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        return [.. Cluster.List(DefinitionOf(type), @namespace, ListOptions.Default).Items.Select(bytes => Decode(type, bytes))];
    }

    /// <summary>An object as it is in the cluster at this moment, or null. Nobody notices.</summary>
    public T? Find<T>(ResourceType<T> type, ObjectKey key)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            return Decode(type, Cluster.Get(DefinitionOf(type), key));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>A random number in [0, 1) that follows from the seed: for what users do.</summary>
    public double Random() => lot.Next();

    /// <summary>Lets time pass.</summary>
    public Task Delay(TimeSpan time) => Task.Delay(time, ManualTime);

    /// <summary>Lets a random time pass, up to a longest one.</summary>
    public Task DelayUpTo(TimeSpan longest) => Delay(TimeSpan.FromMilliseconds(Math.Floor(longest.TotalMilliseconds * Random())));

    /// <summary>Writes a line into the trace.</summary>
    public void Note(string text) => Trace("world", text);

    internal void Trace(string who, string what) => trace.Add(new TraceEntry(Elapsed, who, what));

    internal void Befallen(FaultPoint point, Fault fault)
    {
        struck.Add(new((point.Client, point.Number), fault));
        Trace(point.Client, $"!! {fault} at #{point.Number} {point.Request}");
    }

    internal void After(TimeSpan time, Action then)
    {
        ITimer? timer = null;
        timer = ManualTime.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                then();
            }, null, time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time that a message is on the way: mostly short, and now and then very long.</summary>
    internal Task LatencyAsync(ref Lot lot, TimeProvider time, CancellationToken cancellationToken)
    {
        double factor = 0.2 + (1.6 * lot.Next());
        if (lot.Next() < 0.02)
            factor *= 40 * lot.Next();

        var delay = TimeSpan.FromMilliseconds(Math.Floor(options.Latency.TotalMilliseconds * factor));
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    private ResourceDefinition DefinitionOf<T>(ResourceType<T> type)
        where T : class =>
        Cluster.Find(type.Resource.Group, type.Resource.Version, type.Resource.Plural)
        ?? throw new InvalidOperationException($"{type} is not known to the cluster: register it in the scenario's Arrange.");

    /// <summary>Each version of an object is decoded once, however often an invariant looks at it.</summary>
    private T Decode<T>(ResourceType<T> type, ReadOnlyMemory<byte> bytes)
        where T : class
    {
        if (!MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment))
            return type.Read(bytes.Span);

        if (decoded.TryGetValue(segment.Array!, out object? known) && known is T value)
            return value;

        if (decoded.Count > 10_000)
            decoded.Clear();

        value = type.Read(bytes.Span);
        decoded[segment.Array!] = value;
        return value;
    }

    private async Task<FakeResponse> TraceUserAsync(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        FakeResponse response = await next();
        if (request.Verb is not ("get" or "list" or "watch"))
            Trace("user", request.ToString());

        return response;
    }
}
