using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Informers.Testing.Simulation;
using BuildController.Tests.Core.Sync;

namespace BuildController.Tests.Core.Exploration;

/// <summary>Three pools, whose people do whatever comes to their minds; in the end they want to see a new image of each.</summary>
internal static class ManyPools
{
    private static readonly string[] Pools = [BuildWorld.Worker, "infra", "gpu"];

    public static SimulationScenario Of(int controllers)
    {
        ClusterSnapshot snapshot = ClusterSnapshot.After(ImageBuilderType.CustomPodBuilder, static _ => { });
        return BuildSimulation.Of($"three pools and their people, {controllers} at work", snapshot, ActAsync, Missing, controllers);
    }

    private static async Task ActAsync(SimulatedWorld world)
    {
        PoolUser[] users = [.. Pools.Select(name => new PoolUser(world, name))];
        foreach (PoolUser user in users.Skip(1))
            await user.RecreateAsync(Config(user.Pool, 'a'));

        await Task.WhenAll(users.Select(user => LiveAsync(world, user)));
        await users[0].UseBuilderAsync(world.Random() < 0.5 ? ImageBuilderType.CustomPodBuilder : ImageBuilderType.OpenShiftImageBuilder);
        foreach (PoolUser user in users)
        {
            await user.MendAsync();
            await user.OptInAsync();
            await user.RequestAnewAsync();
        }
    }

    private static async Task LiveAsync(SimulatedWorld world, PoolUser user)
    {
        int acts = 2 + (int)(world.Random() * 6);
        for (int act = 0; act < acts; act++)
        {
            await world.DelayUpTo(TimeSpan.FromSeconds(40));
            await ActOnceAsync(world, user);
        }
    }

    private static Task ActOnceAsync(SimulatedWorld world, PoolUser user) => (int)(world.Random() * 16) switch
    {
        0 or 1 or 2 => user.RequestAsync(),
        3 => user.WithdrawAsync(),
        4 => user.OptOutAsync(),
        5 => user.OptInAsync(),
        6 => user.RenderAsync(Config(user.Pool, 'b')),
        7 => user.RenderAsync(Config(user.Pool, 'a')),
        8 => user.BreakAsync(),
        9 => user.MendAsync(),
        10 => user.DeleteBuildAsync(),
        11 => user.EvictAsync(),
        12 => user.DeleteMapAsync(),
        13 => user.SetRetriesAsync(world.Random() < 0.5 ? "4" : "many"),
        14 => user.UseBuilderAsync(world.Random() < 0.5 ? ImageBuilderType.CustomPodBuilder : ImageBuilderType.OpenShiftImageBuilder),
        _ => user.RecreateAsync(Config(user.Pool, 'a')),
    };

    private static string? Missing(SimulatedWorld world) =>
        Pools.Select(pool => PoolEnd.NotOk(world, pool) is { } missing ? $"{pool}: {missing}" : null).FirstOrDefault(static missing => missing is not null);

    private static string Config(string pool, char last) => $"rendered-{pool}-{new string('0', 31)}{last}";
}
