using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Control;

namespace BuildController.Tests.Docs;

#region reconciler
/// <summary>Publishes each page as a ConfigMap. A page that is deleted says farewell for five minutes before it goes.</summary>
internal sealed class PageReconciler(IClientset clientset, TimeProvider time) : IReconciler<ObjectKey>
{
    private const string Farewell = "example.com/farewell";
    private static readonly TimeSpan FarewellTime = TimeSpan.FromMinutes(5);

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        Page? page = await clientset.Resource(Page.Type).FindAsync(context.Key, cancellationToken);
        if (page is null)
            return ReconcileResult.Done; // The garbage collector takes its map.

        if (page.Metadata.DeletionTimestamp is { } deleted)
            return await LeaveAsync(page, deleted + FarewellTime - time.GetUtcNow(), cancellationToken);

        if (!page.Metadata.Finalizers.Contains(Farewell))
            await PatchFinalizersAsync(page, [.. page.Metadata.Finalizers, Farewell], cancellationToken);

        await PublishAsync(page, page.Spec.Text, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task<ReconcileResult> LeaveAsync(Page page, TimeSpan left, CancellationToken cancellationToken)
    {
        if (left > TimeSpan.Zero)
        {
            await PublishAsync(page, "This page is about to go.", cancellationToken);
            return ReconcileResult.RequeueAfter(left);
        }

        await PatchFinalizersAsync(page, [.. page.Metadata.Finalizers.Where(one => one != Farewell)], cancellationToken);
        return ReconcileResult.Done;
    }

    /// <summary>On condition of the version that was read: a conflict makes the key come again, and the page be read anew.</summary>
    private Task<Page> PatchFinalizersAsync(Page page, string[] finalizers, CancellationToken cancellationToken) =>
        clientset.Resource(Page.Type).PatchAsync(
            Page.Type.KeyOf(page),
            Patch.Merge(new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["resourceVersion"] = page.Metadata.ResourceVersion,
                    ["finalizers"] = new JsonArray([.. finalizers]),
                },
            }),
            cancellationToken);

    private Task<ConfigMap> PublishAsync(Page page, string text, CancellationToken cancellationToken) =>
        clientset.Resource(ConfigMap.Type).PatchAsync(
            Page.Type.KeyOf(page),
            Patch.Apply(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "ConfigMap",
                    ["metadata"] = new JsonObject
                    {
                        ["name"] = page.Metadata.Name,
                        ["ownerReferences"] = new JsonArray(new JsonObject
                        {
                            ["apiVersion"] = "example.com/v1", ["kind"] = "Page", ["name"] = page.Metadata.Name, ["uid"] = page.Metadata.Uid, ["controller"] = true,
                        }),
                    },
                    ["data"] = new JsonObject { ["text"] = text },
                },
                fieldManager: "pages",
                force: true),
            cancellationToken);
}
#endregion
