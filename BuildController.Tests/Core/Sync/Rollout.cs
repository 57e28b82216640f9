using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Tests.Core.Sync;

/// <summary>
/// The node controller, as far as it brings a layered pool's nodes to the newest image: one node after the other, and none while the
/// pool says anything else than that its build succeeded.
/// </summary>
internal sealed class Rollout : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    private readonly BuildWorld world;
    private readonly IResourceClient<MachineConfigPool> pools;
    private readonly string?[] nodes;
    private readonly CancellationTokenSource stop = new();
    private readonly Task run;

    public Rollout(BuildWorld world, int nodes = 3)
    {
        this.world = world;
        this.nodes = new string?[nodes];
        pools = world.Client("node-controller").Resource(Resources.MachineConfigPools);
        run = world.World.Runtime.Start(RunAsync);
    }

    /// <summary>The image of each node; null for one that never got any.</summary>
    public IReadOnlyList<string?> Nodes => [.. nodes];

    public void Dispose()
    {
        stop.Cancel();
        world.World.Run(() => run);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            string? image = world.Image();
            int behind = Array.FindIndex(nodes, node => node != image);
            if (behind >= 0 && image is not null && world.TrueBuildConditions() is [PoolConditionTypes.BuildSuccess])
                nodes[behind] = image;

            await pools.PatchStatusAsync(new ObjectKey(BuildWorld.Worker), Patch.Merge(new JsonObject
            {
                ["status"] = new JsonObject { ["machineCount"] = nodes.Length, ["updatedMachineCount"] = nodes.Count(node => node == image) },
            }));
            await Task.Delay(Pace, world.World.Time, CancellationToken.None);
        }
    }
}
