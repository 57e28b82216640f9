using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.WorkQueue;

namespace BuildController.Tests.Core.Sync;

/// <summary>
/// The controllers that write the same pools: one renders configs and takes every source away that it does not know, the
/// other one recomputes <c>Degraded</c> from its own two causes. Both act on every change of a pool.
/// </summary>
internal sealed class Neighbours : IReconciler<ObjectKey>
{
    private readonly IResourceClient<MachineConfigPool> pools;
    private readonly BuildWorld world;
    private readonly SharedInformerFactory informers;
    private readonly IController controller;
    private readonly CancellationTokenSource stop = new();
    private readonly Task restless;
    private int renderings;

    public Neighbours(BuildWorld world)
    {
        this.world = world;
        var client = world.Client("neighbours");
        pools = client.Resource(Resources.MachineConfigPools);
        informers = new SharedInformerFactory(client, runtime: world.World.Runtime);
        var queue = new WorkQueue<ObjectKey>(new WorkQueueOptions<ObjectKey> { Name = "neighbours" }, world.World.Runtime);
        informers.For(Resources.MachineConfigPools).AddKeyHandler(queue.Add);
        controller = Controller.Create(queue, this, new ControllerOptions { Name = "neighbours" }, world.World.Runtime);
        informers.Start();
        _ = controller.RunAsync();
        restless = world.World.Runtime.Start(RenderAsync);
    }

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        ObjectKey key = context.Key;
        if (await pools.FindAsync(key, cancellationToken) is not { } pool)
            return ReconcileResult.Done;

        bool isDegraded = IsTrue(pool, PoolConditionTypes.NodeDegraded) || IsTrue(pool, PoolConditionTypes.RenderDegraded);
        if (pool.Status.Conditions.LastOrDefault(static condition => condition.Type == PoolConditionTypes.Degraded) is { } present && present.Status == (isDegraded ? "True" : "False"))
            return ReconcileResult.Done;

        await WriteAsync(pool, PoolConditionTypes.Degraded, isDegraded, string.Empty, cancellationToken);
        return ReconcileResult.Done;
    }

    public async Task StopAsync()
    {
        stop.Cancel();
        await restless;
        await controller.DisposeAsync();
        await informers.DisposeAsync();
        stop.Dispose();
    }

    /// <summary>Writes every second second, and each time something that changes the object.</summary>
    private async Task RenderAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (MachineConfigPool pool in world.Pools())
            {
                await pools.PatchAsync(new ObjectKey(pool.Metadata.Name), Patch.Merge(new JsonObject
                {
                    ["spec"] = new JsonObject
                    {
                        ["configuration"] = new JsonObject
                        {
                            ["source"] = new JsonArray(new JsonObject
                            {
                                ["apiVersion"] = "machineconfiguration.openshift.io/v1", ["kind"] = "MachineConfig", ["name"] = $"00-{renderings++ % 2}",
                            }),
                        },
                    },
                }));
                if (await pools.FindAsync(new ObjectKey(pool.Metadata.Name)) is { } current)
                    await WriteAsync(current, PoolConditionTypes.RenderDegraded, isTrue: false, $"rendering {renderings}", CancellationToken.None);
            }

            await Task.Delay(TimeSpan.FromSeconds(2), world.World.Time, CancellationToken.None);
        }
    }

    private async Task WriteAsync(MachineConfigPool pool, string type, bool isTrue, string message, CancellationToken cancellationToken)
    {
        string now = world.World.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var conditions = new JsonArray();
        foreach (PoolCondition condition in pool.Status.Conditions.Where(condition => condition.Type != type))
        {
            conditions.Add(new JsonObject
            {
                ["type"] = condition.Type,
                ["status"] = condition.Status,
                ["reason"] = condition.Reason,
                ["message"] = condition.Message,
                ["lastTransitionTime"] = condition.LastTransitionTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? now,
            });
        }

        conditions.Add(new JsonObject { ["type"] = type, ["status"] = isTrue ? "True" : "False", ["reason"] = string.Empty, ["message"] = message, ["lastTransitionTime"] = now });
        await pools.PatchStatusAsync(
            new ObjectKey(pool.Metadata.Name),
            Patch.Merge(new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = pool.Metadata.ResourceVersion },
                ["status"] = new JsonObject { ["conditions"] = conditions },
            }),
            cancellationToken);
    }

    private static bool IsTrue(MachineConfigPool pool, string type) =>
        pool.Status.Conditions.Any(condition => condition.Type == type && condition.Status == "True");
}
