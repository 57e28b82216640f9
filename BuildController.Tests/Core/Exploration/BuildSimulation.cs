using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Sync;
using BuildController.Host.Simulation;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>What is simulated around the build controller, and what must hold at every moment whatever happens.</summary>
internal static class BuildSimulation
{
    /// <summary>The process that faults befall; others of its kind are called the same with another number.</summary>
    public const string Controller = "controller-0";

    private static readonly ImageBuildOptions Options = new() { UpdateDelay = TimeSpan.FromSeconds(1) };

    public static SimulationScenario Of(
        string name, ClusterSnapshot snapshot, Func<SimulatedWorld, Task> act, Func<SimulatedWorld, string?> missing, int controllers = 1, int? mostBuilds = null) => new()
    {
        Name = name,
        Arrange = world => Arrange(world, snapshot, controllers),
        Act = act,
        Invariants =
        [
            new Invariant("at most one live build object of a pool", BuildMemory.TwoLiveBuilds),
            new Invariant("an image is one that was built", BuildMemory.UnknownImage),
            new Invariant("a pool says one thing of its builds", BuildMemory.Contradiction),
            new Invariant("what is not ours stays", BuildMemory.ForeignTouched),
            new Invariant("no build more than asked for", world => BuildMemory.Of(world).Builds() is { } builds && builds > mostBuilds ? $"this is build {builds}" : null),
        ],
        Goal = new Goal("the end state", world => missing(world) is null) { Missing = missing },
    };

    private static void Arrange(SimulatedWorld world, ClusterSnapshot snapshot, int controllers)
    {
        snapshot.Restore(world);
        world.Put(Resources.ConfigMaps, new ConfigMap { Metadata = new ObjectMeta { Name = "foreign-digest", Namespace = BuildWorld.Namespace } });
        BuildMemory.TwoLiveBuilds(world);
        world.AddProcess("controller", RunControllerAsync, controllers);
        world.AddProcess("kubelet", RunKubeletAsync, new ProcessOptions { IsUndisturbed = true });
        world.AddProcess("image-builder", RunImageBuilderAsync, new ProcessOptions { IsUndisturbed = true });
    }

    private static async Task RunControllerAsync(SimulatedProcess process)
    {
        await using var controller = new ImageBuildController(process.Clientset, Options, process.Runtime);
        await controller.RunAsync(process.Stopping);
    }

    private static async Task RunKubeletAsync(SimulatedProcess process)
    {
        await using var kubelet = new SimulatedKubelet(process.Clientset, BuildWorld.Speed, process.Runtime);
        await kubelet.RunAsync(process.Stopping);
    }

    private static async Task RunImageBuilderAsync(SimulatedProcess process)
    {
        await using var builder = new SimulatedImageBuilder(process.Clientset, process.Runtime);
        await builder.RunAsync(process.Stopping);
    }
}
