using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Testing.Simulation;

namespace BuildController.Tests.Informers.Testing.Simulation;

/// <summary>Two processes of the claim controller, and users who come and go.</summary>
internal static class ClaimScenario
{
    public static SimulationScenario With(Func<IClientset, ClaimReconciler> reconciler) => new()
    {
        Name = "each claim has a port of its own",
        Arrange = world =>
        {
            world.Put(Claim.Resource, Claim.Of("first"), Claim.Of("second"));
            world.AddProcess("operator", process => RunAsync(process, reconciler), replicas: 2);
        },
        Act = ActAsync,
        Invariants =
        [
            new Invariant("no port is given twice", static world => Doubled(world)),
            new Invariant("who has a port is in the registry", static world => Unregistered(world)),
        ],
        Goal = new Goal("every claim has a port, and nobody else", static world => IsSettled(world)),
    };

    public static SimulationScenario Right { get; } = With(static clientset => new ClaimReconciler(clientset));

    public static SimulationScenario Broken { get; } = With(static clientset => new ClaimReconciler(clientset) { ForgetsToReadAgain = true });

    private static async Task RunAsync(SimulatedProcess process, Func<IClientset, ClaimReconciler> reconciler)
    {
        await using var informers = new SharedInformerFactory(process.Clientset, runtime: process.Runtime);
        var builder = new ControllerBuilder("claims") { Options = { Workers = 2 } };
        await using IController controller = builder.For(Claim.Resource).Watches(Resources.ConfigMaps, ClaimReconciler.OwnersIn).Build(informers, reconciler(process.Clientset), process.Runtime);
        await controller.RunAsync(process.Stopping);
    }

    private static async Task ActAsync(SimulatedWorld world)
    {
        IResourceClient<Claim> claims = world.User.Resource(Claim.Resource);
        for (int i = 0; i < 4; i++)
        {
            await world.DelayUpTo(TimeSpan.FromSeconds(15));
            await claims.CreateAsync(Claim.Of($"claim-{i}"));
        }

        await world.DelayUpTo(TimeSpan.FromSeconds(10));
        await claims.DeleteAsync(new ObjectKey("default", "claim-1"));
        await claims.PatchAsync(new ObjectKey("default", "first"), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["touched"] = "yes" } } }));
        await world.DelayUpTo(TimeSpan.FromSeconds(30));
        await claims.CreateAsync(Claim.Of("late"));
        await claims.DeleteAsync(new ObjectKey("default", "second"));
    }

    private static string? Doubled(SimulatedWorld world)
    {
        var owners = new Dictionary<int, string>();
        foreach (Claim claim in world.List(Claim.Resource))
        {
            if (claim.Status.Port is { } port && !owners.TryAdd(port, claim.Name))
                return $"{owners[port]} and {claim.Name} both have {port}";
        }

        return null;
    }

    private static string? Unregistered(SimulatedWorld world)
    {
        ConfigMap? registry = world.Find(Resources.ConfigMaps, ClaimReconciler.Registry);
        Claim? without = world.List(Claim.Resource).FirstOrDefault(claim => claim.Status.Port is { } port && registry?.Data.GetValueOrDefault($"{port}") != claim.Name);
        return without is null ? null : $"{without.Name} has {without.Status.Port}, which the registry gives to {registry?.Data.GetValueOrDefault($"{without.Status.Port}") ?? "nobody"}";
    }

    private static bool IsSettled(SimulatedWorld world)
    {
        IReadOnlyList<Claim> claims = world.List(Claim.Resource);
        ConfigMap? registry = world.Find(Resources.ConfigMaps, ClaimReconciler.Registry);
        return claims.All(static claim => claim is { IsDeleting: false, Status.Port: not null }) && registry?.Data.Count == claims.Count;
    }
}
