using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Host.Commands;
using BuildController.Host.Configuration;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Host.Pools;

/// <summary>Asks for a rebuild of a pool's image, and may wait for it.</summary>
internal static class RebuildCommand
{
    private const int Failed = 1;

    /// <param name="pool">The pool's name.</param>
    /// <param name="patience">How long to wait for the end; null not to wait, infinite to wait for ever.</param>
    /// <param name="clientset">The cluster.</param>
    /// <param name="progress">Where to tell.</param>
    /// <param name="runtime">The clock.</param>
    /// <param name="cancellationToken">Ends the wait; the request stays.</param>
    /// <returns>0 if it was built, or asked for where nobody waits; otherwise 1.</returns>
    /// <exception cref="UsageException">There is no such pool, or it has no image.</exception>
    public static async Task<int> RunAsync(
        string pool, TimeSpan? patience, IClientset clientset, IProgressView progress, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        await CheckAsync(pool, clientset, cancellationToken);

        // The value is the request's identity: no two are alike.
        string request = runtime.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        if (patience is null)
        {
            await RequestAsync(pool, request, clientset, cancellationToken);
            await progress.EndAsync(true, $"asked for: {PoolKeys.RebuildImage}={request}");
            return 0;
        }

        using var timeout = new CancellationTokenSource(patience.Value, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        RebuildProgress last;
        try
        {
            last = await WatchAsync(pool, request, clientset, progress, runtime, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await progress.EndAsync(false, $"has not ended within {DurationText.Write(patience.Value)}; it goes on, see: status {pool}");
            return Failed;
        }

        bool isBuilt = last.Stage == RebuildStage.Built;
        await progress.EndAsync(isBuilt, $"{last.Stage.ToString().ToLowerInvariant()}: {last.Message}");
        return isBuilt ? 0 : Failed;
    }

    private static async Task CheckAsync(string name, IClientset clientset, CancellationToken cancellationToken)
    {
        IResourceClient<MachineConfigPool> pools = clientset.Resource(Resources.MachineConfigPools);
        MachineConfigPool pool;
        try
        {
            pool = await pools.GetAsync(new ObjectKey(name), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            var names = new List<string>();
            await pools.ListAsync(@namespace: null, new ListOptions(), one => names.Add(one.Metadata.Name), cancellationToken);
            throw new UsageException(
                names.Count == 0 ? $"there is no pool '{name}', and no other either." : $"there is no pool '{name}': there are {string.Join(", ", names.Order(StringComparer.Ordinal))}.");
        }

        if (!pool.Metadata.Labels.ContainsKey(PoolKeys.LayeringEnabled))
            throw new UsageException($"the pool '{name}' is not layered, so it has no image: label it {PoolKeys.LayeringEnabled}= to have one built.");
    }

    private static Task<MachineConfigPool> RequestAsync(string pool, string request, IClientset clientset, CancellationToken cancellationToken) =>
        clientset.Resource(Resources.MachineConfigPools).PatchAsync(
            new ObjectKey(pool),
            Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PoolKeys.RebuildImage] = request } } }),
            cancellationToken);

    /// <summary>Asks, and follows the pool by an informer until nothing further comes.</summary>
    private static async Task<RebuildProgress> WatchAsync(
        string pool, string request, IClientset clientset, IProgressView progress, OperatorRuntime runtime, CancellationToken cancellationToken)
    {
        await using var informers = new SharedInformerFactory(clientset, runtime: runtime);
        ISharedInformer<MachineConfigPool> informer = informers.For(
            Resources.MachineConfigPools, new InformerOptions<MachineConfigPool> { FieldSelector = $"metadata.name={pool}" });
        var changes = Channel.CreateUnbounded<MachineConfigPool?>();
        informer.AddHandler(ResourceEventHandler.Create<MachineConfigPool>(
            added => changes.Writer.TryWrite(added.Object),
            updated => changes.Writer.TryWrite(updated.New),
            _ => changes.Writer.TryWrite(null)));
        MachineConfigPool asked = await RequestAsync(pool, request, clientset, cancellationToken);
        RebuildProgress now = RebuildProgress.Of(asked, request);
        await progress.TellAsync(now);

        informers.Start();
        await informers.WaitForSyncAsync(timeout: null, cancellationToken);
        if (informer.Indexer.Find(new ObjectKey(pool)) is null)
            changes.Writer.TryWrite(null); // Gone before the list: nothing tells of it.

        while (!now.IsOver && await changes.Reader.WaitToReadAsync(cancellationToken))
        {
            while (!now.IsOver && changes.Reader.TryRead(out MachineConfigPool? seen))
            {
                RebuildProgress next = RebuildProgress.Of(seen, request);
                if (next != now && !next.IsOver)
                    await progress.TellAsync(next);

                now = next;
            }
        }

        return now;
    }
}
