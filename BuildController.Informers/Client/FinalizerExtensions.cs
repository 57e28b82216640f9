using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>
/// Finalizers, by which an operator holds an object back until it has cleaned up what no garbage collector knows of: added before anything is made outside,
/// removed when all of it is gone.
/// </summary>
public static class FinalizerExtensions
{
    /// <summary>Sees to it that the object has a finalizer. Asks the server for nothing where the value given has it already.</summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="client">The client of the resource.</param>
    /// <param name="value">The object as it was read: the write is on condition of its version.</param>
    /// <param name="finalizer">A name that tells who must remove it, for example <c>example.com/bucket</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The object as it is now.</returns>
    /// <exception cref="ApiException">Somebody else changed the object meanwhile (<see cref="ApiErrorReason.Conflict"/>), or the request failed.</exception>
    /// <exception cref="InvalidOperationException">The object is being deleted: servers take no new finalizers then.</exception>
    public static async Task<T> AddFinalizerAsync<T>(this IResourceClient<T> client, T value, string finalizer, CancellationToken cancellationToken = default)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentException.ThrowIfNullOrEmpty(finalizer);
        if (value.Metadata.Finalizers.Contains(finalizer))
            return value;

        if (value.Metadata.DeletionTimestamp is not null)
            throw new InvalidOperationException($"{client.Type.Kind} {client.Type.KeyOf(value)} is being deleted and takes no finalizer '{finalizer}' any more: look at its DeletionTimestamp first.");

        return await client.PatchAsync(client.Type.KeyOf(value), Finalizers(value, [.. value.Metadata.Finalizers, finalizer]), cancellationToken);
    }

    /// <summary>Takes a finalizer away, so that a deleted object may go. An object that does not have it, or is gone, is as it should be.</summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="client">The client of the resource.</param>
    /// <param name="value">The object as it was read: the write is on condition of its version.</param>
    /// <param name="finalizer">The finalizer.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ApiException">Somebody else changed the object meanwhile (<see cref="ApiErrorReason.Conflict"/>), or the request failed.</exception>
    public static async Task RemoveFinalizerAsync<T>(this IResourceClient<T> client, T value, string finalizer, CancellationToken cancellationToken = default)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentException.ThrowIfNullOrEmpty(finalizer);
        if (!value.Metadata.Finalizers.Contains(finalizer))
            return;

        try
        {
            await client.PatchAsync(client.Type.KeyOf(value), Finalizers(value, value.Metadata.Finalizers.Where(one => one != finalizer)), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone: it holds nothing back any more.
        }
    }

    private static Patch Finalizers(IKubernetesObject value, IEnumerable<string> finalizers) => Patch.Merge(new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["uid"] = value.Metadata.Uid,
            ["resourceVersion"] = value.Metadata.ResourceVersion,
            ["finalizers"] = new JsonArray([.. finalizers.Select(static one => JsonValue.Create(one))]),
        },
    });
}
