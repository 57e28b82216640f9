using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>One thing that happens to a pool, from a known beginning to a known end, whatever goes wrong meanwhile.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Begin">Brings the world to where it starts, undisturbed.</param>
/// <param name="Act">What somebody does then.</param>
/// <param name="Missing">What is missing to its end, where the pool's image was the one given.</param>
/// <param name="Builds">How many build objects there are at most, those of the beginning among them: faults cost no build.</param>
internal sealed record ExploredStory(
    string Name, Action<BuildWorld> Begin, Func<PoolUser, Task> Act, Func<SimulatedWorld, string?, string?> Missing, int Builds)
{
    public static ExploredStory AfterSuccess { get; } = new("rebuild after success", static _ => { }, static user => user.RequestAsync(), Ok, Builds: 1);

    public static ExploredStory AfterFailure { get; } = new(
        "rebuild after failure", static world => world.Break().Request("0").UntilFailed().Mend(), static user => user.RequestAsync(), Ok, Builds: 2);

    public static ExploredStory MidBuild { get; } = new(
        "rebuild while building", static world => world.Request("0").UntilPhase("Running"), static user => user.RequestAsync(), Ok, Builds: 2);

    public static ExploredStory Failing { get; } = new(
        "failing rebuild",
        static world => world.Break(),
        static user => user.RequestAsync(),
        static (world, image) => PoolEnd.NotFailed(world, BuildWorld.Worker, retries: 1, image),
        Builds: 1);

    public static ExploredStory ConfigChange { get; } = new(
        "new config while building", static world => world.Request("0").UntilPhase("Running"), static user => user.RenderAsync(BuildWorld.ConfigB), Ok, Builds: 2);

    public static ExploredStory Eviction { get; } = new(
        "eviction while building", static world => world.Request("0").UntilPhase("Running"), static user => user.EvictAsync(), Ok, Builds: 2);

    public static ExploredStory OptOut { get; } = new(
        "opt-out while building",
        static world => world.Request("0").UntilPhase("Running"),
        static user => user.OptOutAsync(),
        static (world, _) => PoolEnd.NotForgotten(world, BuildWorld.Worker),
        Builds: 1);

    public static ExploredStory Finished { get; } = new(
        "a build that ends as the controller starts", static world => world.Request("0").UntilPhase("Running"), static _ => Task.CompletedTask, Ok, Builds: 1);

    /// <summary>The rebuild in the three states that it may find.</summary>
    public static IReadOnlyList<ExploredStory> Rebuilds { get; } = [AfterSuccess, AfterFailure, MidBuild];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ExploredStory> All { get; } = [.. Rebuilds, Failing, ConfigChange, Eviction, OptOut, Finished];

    /// <summary>The story with one of the builders, as a simulation.</summary>
    /// <param name="builder">Who builds.</param>
    /// <param name="controllers">How many controllers there are; all of them work.</param>
    public SimulationScenario With(ImageBuilderType builder, int controllers)
    {
        string? image = null;
        ClusterSnapshot snapshot = ClusterSnapshot.After(builder, world =>
        {
            Begin(world);
            image = world.Image();
        });
        return BuildSimulation.Of(
            $"{Name} by {builder.Text()}, {controllers} at work",
            snapshot,
            world => Act(new PoolUser(world, BuildWorld.Worker)),
            world => Missing(world, image),
            controllers,
            Builds);
    }

    public override string ToString() => Name;

    private static string? Ok(SimulatedWorld world, string? image) =>
        PoolEnd.NotOk(world, BuildWorld.Worker)
        ?? (world.Find(Resources.MachineConfigPools, new ObjectKey(BuildWorld.Worker))!.Metadata.Annotations[PoolKeys.NewestImage] == image ? "the image is the old one" : null);
}
