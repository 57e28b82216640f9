using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>Calls that callers of <see cref="IResourceClient{T}"/> often want.</summary>
public static class ResourceClientExtensions
{
    /// <summary>Lists one page, or everything where <see cref="ListOptions.Limit"/> is 0, into memory.</summary>
    public static async Task<ResourceList<T>> ListAsync<T>(
        this IResourceClient<T> client, string? @namespace, ListOptions? options = null, CancellationToken cancellationToken = default)
        where T : class
    {
        var items = new List<T>();
        ListMetadata metadata = await client.ListAsync(@namespace, options ?? ListOptions.Default, items.Add, cancellationToken);
        return new ResourceList<T>(items, metadata);
    }

    /// <summary>Reads one object, or null if there is none.</summary>
    public static async Task<T?> FindAsync<T>(this IResourceClient<T> client, ObjectKey key, CancellationToken cancellationToken = default)
        where T : class
    {
        try
        {
            return await client.GetAsync(key, cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Asks the object to go.</summary>
    /// <returns>False if there was none, which is what the caller wanted.</returns>
    public static async Task<bool> DeleteIfExistsAsync<T>(
        this IResourceClient<T> client, ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default)
        where T : class
    {
        try
        {
            await client.DeleteAsync(key, options, cancellationToken);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }
}
