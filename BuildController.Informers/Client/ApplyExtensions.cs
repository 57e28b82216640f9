using System.Text.Json.Nodes;
using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>Server-side apply of typed objects.</summary>
public static class ApplyExtensions
{
    /// <summary>
    /// Creates an object or changes it, so that it has the fields that the value has; fields that this manager applied before and the value does not have
    /// any more are removed, and those of others stay.
    /// </summary>
    /// <remarks>
    /// Make the value anew, from what the object should be: one that was read carries what the server and others wrote, and would claim it. Every field that the
    /// type writes is claimed, so it should leave out what is null. Of the metadata only what is not empty is sent. A resourceVersion in it is a condition.
    /// </remarks>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="client">The client of the resource.</param>
    /// <param name="value">The object as it should be, with its name and, where it has one, its namespace.</param>
    /// <param name="fieldManager">Who owns the fields; usually the operator's name, 128 characters at most.</param>
    /// <param name="force">
    /// Whether to take fields that another manager owns; a controller does, being the one who says what they are. The default is false: the server then answers
    /// <see cref="ApiErrorReason.Conflict"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the request; the change may have been applied all the same.</param>
    /// <returns>The object as it is now.</returns>
    public static Task<T> ApplyAsync<T>(this IResourceClient<T> client, T value, string fieldManager, bool force = false, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(value);
        JsonObject fields = JsonNode.Parse(client.Type.Write(value))!.AsObject();
        if (fields["metadata"] is JsonObject metadata)
        {
            foreach (string name in metadata.Where(static member => IsEmpty(member.Value)).Select(static member => member.Key).ToArray())
                metadata.Remove(name);
        }

        return client.PatchAsync(client.Type.KeyOf(value), Patch.Apply(fields, fieldManager, force), cancellationToken);
    }

    private static bool IsEmpty(JsonNode? value) => value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 };
}
