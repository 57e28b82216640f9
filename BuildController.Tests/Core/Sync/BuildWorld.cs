using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Host.Samples;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>
/// A whole cluster in virtual time: the sample pools, a kubelet that builds, an admin, and as many controller processes as a
/// story needs. <see cref="Invariants"/> are checked after every write of anybody.
/// </summary>
internal sealed partial class BuildWorld : IDisposable
{
    public const string Namespace = "openshift-machine-config-operator";
    public const string Worker = "worker";
    public const string Master = "master";
    public const string Repository = "registry.example.com/openshift/os-image";
    public const string ConfigA = "rendered-worker-7c4e1b9a3d5f60827b4d6f8091a2b3c4";
    public const string ConfigB = "rendered-worker-00000000000000000000000000000b0b";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly List<ControllerProcess> controllers = [];
    private readonly SimulatedKubelet kubelet;
    private readonly SimulatedImageBuilder imageBuilder;
    private Neighbours? neighbours;

    public BuildWorld(int seed = 1, ImageBuilderType builder = ImageBuilderType.CustomPodBuilder)
    {
        Builder = builder;
        World = new VirtualWorld(seed, Logs);
        Cluster = new InMemoryCluster(World.Runtime);
        OpenShiftDefinitions.Register(Cluster);
        Invariants = new Invariants(this);
        Raw = new FakeClientset(Cluster);
        Admin = Client("admin");
        Do(SampleCluster.CreateAsync(Admin, CancellationToken.None));
        SetInput(InputNames.BuildConfig, InputNames.ImageBuilderType, builder.Text());
        Kubelet = Client("kubelet");
        kubelet = new SimulatedKubelet(Kubelet, Speed, World.Runtime);
        _ = kubelet.RunAsync();
        imageBuilder = new SimulatedImageBuilder(Client("image-builder"), World.Runtime);
        _ = imageBuilder.RunAsync();
    }

    /// <summary>Slow enough for a controller with <see cref="Options"/> to see every phase.</summary>
    public static SimulatedKubeletOptions Speed { get; } = new()
    {
        PullTime = TimeSpan.FromSeconds(5),
        BuildTime = TimeSpan.FromSeconds(20),
        StopTime = TimeSpan.FromSeconds(3),
    };

    /// <summary>Who builds at the beginning.</summary>
    public ImageBuilderType Builder { get; }

    /// <summary>The kind of build object that goes with it.</summary>
    public OwnedKind BuildKind => Builder == ImageBuilderType.CustomPodBuilder ? OwnedKind.Pod : OwnedKind.Build;

    public static ImageBuildOptions Options { get; } = new() { UpdateDelay = TimeSpan.FromSeconds(1) };

    public LogCapture Logs { get; } = new();

    public VirtualWorld World { get; }

    public InMemoryCluster Cluster { get; }

    public Invariants Invariants { get; }

    /// <summary>The admin's own connection.</summary>
    public FakeClientset Admin { get; }

    /// <summary>The connection of the kubelet, and of the containers that it runs.</summary>
    public FakeClientset Kubelet { get; }

    /// <summary>The process started last.</summary>
    public ControllerProcess Controller => controllers[^1];

    /// <summary>Reads what is, unseen by anybody.</summary>
    private FakeClientset Raw { get; }

    /// <summary>A connection to the cluster whose writes the invariants see.</summary>
    public FakeClientset Client(string name)
    {
        var client = new FakeClientset(Cluster) { FieldManager = name };
        client.AddReactor(async (request, next, _) =>
        {
            FakeResponse response = await next();
            if (request.Verb is not ("get" or "list" or "watch"))
                Invariants.Check(request.Resource.Plural, $"{name}: {request}");

            return response;
        });
        return client;
    }

    public ControllerProcess StartController(ImageBuildOptions? options = null)
    {
        var process = new ControllerProcess(this, Client($"controller-{controllers.Count}"), options ?? Options);
        controllers.Add(process);
        return process;
    }

    /// <summary>Lets the world go on until something is so.</summary>
    public BuildWorld Until(string what, Func<bool> isSo, TimeSpan? within = null)
    {
        long end = World.Time.GetTimestamp() + (within ?? Patience).Ticks;
        World.RunUntilIdle();
        while (!isSo())
        {
            if (!World.Time.AdvanceToNextTimer(TimeSpan.FromTicks(end - World.Time.GetTimestamp())))
                throw new AssertionException($"Expected {what} to come; {Describe()}");

            World.RunUntilIdle();
        }

        return this;
    }

    public BuildWorld Pass(TimeSpan time)
    {
        World.Advance(time);
        return this;
    }

    /// <summary>A world with a controller, in which the worker pool has its first image.</summary>
    public static BuildWorld WithFirstImage(int seed = 1, ImageBuilderType builder = ImageBuilderType.CustomPodBuilder, ImageBuildOptions? options = null)
    {
        var world = new BuildWorld(seed, builder);
        world.StartController(options);
        world.OptIn();
        return world.UntilBuilt();
    }

    /// <summary>Until the pool rests: no request, no attempt served, none to come, and what is not needed any more is gone.</summary>
    public BuildWorld UntilBuilt(string pool = Worker) =>
        Until($"an image of {pool}", () => IsTrue(PoolConditionTypes.BuildSuccess, pool) && IsResting(pool) && Objects(pool).Count == 0);

    public BuildWorld UntilFailed(string pool = Worker) =>
        Until($"the failure of {pool}", () => IsTrue(PoolConditionTypes.BuildFailed, pool) && IsResting(pool) && BuildsOf(pool).All(static build => build.Phase == "Failed"));

    /// <summary>Until a build that ran to its end is recorded as failed all the same.</summary>
    public BuildWorld UntilFailedAfterSuccess(string pool = Worker) =>
        Until($"the failure of {pool}", () => IsTrue(PoolConditionTypes.BuildFailed, pool) && IsResting(pool));

    /// <summary>Until nothing of ours is left on a pool that opted out, nor beside it.</summary>
    public BuildWorld UntilForgotten(string pool = Worker) => Until(
        $"the end of builds for {pool}",
        () => Pool(pool)!.Metadata.Annotations.Count == 0 && Objects(pool).Count == 0 && Condition(PoolConditionTypes.ImageBuildDegraded, pool) is null);

    public BuildWorld UntilPhase(string phase, string pool = Worker) =>
        Until($"a build that is {phase}", () => BuildsOf(pool).Any(build => build.Phase == phase && !build.IsTerminating));

    /// <summary>Until the pool says so, which is later than the pod.</summary>
    public BuildWorld UntilCondition(string type, string pool = Worker) => Until($"condition {type}", () => IsTrue(type, pool));

    /// <summary>Lets the other controllers that write pools run from now on.</summary>
    public BuildWorld AddNeighbours()
    {
        neighbours = new Neighbours(this);
        return this;
    }

    public void Dispose()
    {
        if (neighbours is not null)
            World.Run(neighbours.StopAsync);

        foreach (ControllerProcess controller in controllers)
            controller.Stop();

        World.Run(() => imageBuilder.DisposeAsync().AsTask());
        World.Run(() => kubelet.DisposeAsync().AsTask());
        Invariants.ShouldHold();
    }

    public static T Do<T>(Task<T> call)
    {
        call.IsCompleted.Should().BeTrue("the fake answers at once");
        return call.GetAwaiter().GetResult();
    }

    public static void Do(Task call)
    {
        call.IsCompleted.Should().BeTrue("the fake answers at once");
        call.GetAwaiter().GetResult();
    }

    private bool IsResting(string pool) => Pool(pool) is { } found
        && !found.Metadata.Annotations.ContainsKey(PoolKeys.RebuildImage)
        && !found.Metadata.Labels.ContainsKey(PoolKeys.RebuildImage)
        && State(pool).Serving is null;
}
