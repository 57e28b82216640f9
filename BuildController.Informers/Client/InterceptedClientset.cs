using BuildController.Informers.Api;

namespace BuildController.Informers.Client;

/// <summary>A clientset behind one interceptor.</summary>
internal sealed class InterceptedClientset(IClientset inner, IRequestInterceptor interceptor) : IClientset
{
    public IResourceClient<T> Resource<T>(ResourceType<T> type)
        where T : class => new InterceptedResourceClient<T>(inner.Resource(type), interceptor);
}

/// <summary>Describes each call and hands it to the interceptor.</summary>
internal sealed class InterceptedResourceClient<T>(IResourceClient<T> inner, IRequestInterceptor interceptor) : IResourceClient<T>
    where T : class
{
    public ResourceType<T> Type => inner.Type;

    public Task<T> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) =>
        interceptor.SendAsync(Request(RequestVerb.Get, key), token => inner.GetAsync(key, token), cancellationToken);

    public Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<T> visit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(visit);
        ClientRequest request = Request(RequestVerb.List, Collection(@namespace));
        if (options.OnUndecodable is not null)
            options = options with { OnUndecodable = Report(options.OnUndecodable) };

        return interceptor.SendAsync(request, token => inner.ListAsync(@namespace, options, Deliver, token), cancellationToken);

        void Deliver(T value)
        {
            request.HasDelivered = true;
            visit(value);
        }

        Action<UndecodableObject> Report(Action<UndecodableObject> report) => poisoned =>
        {
            request.HasDelivered = true;
            report(poisoned);
        };
    }

    public Task<IWatchStream<T>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default) =>
        interceptor.SendAsync(Request(RequestVerb.Watch, Collection(@namespace)), token => inner.WatchAsync(@namespace, options, token), cancellationToken);

    public Task<T> CreateAsync(T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        return interceptor.SendAsync(Request(RequestVerb.Create, Type.KeyOf(value)), token => inner.CreateAsync(value, token), cancellationToken);
    }

    public Task<T> ReplaceAsync(T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        MetadataView metadata = Type.Metadata(value);
        ClientRequest request = Request(RequestVerb.Update, metadata.Key, resourceVersion: metadata.ResourceVersion);
        return interceptor.SendAsync(request, token => inner.ReplaceAsync(value, token), cancellationToken);
    }

    public Task<T> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) =>
        interceptor.SendAsync(Request(RequestVerb.Patch, key, patch: patch), token => inner.PatchAsync(key, patch, token), cancellationToken);

    public Task<T> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) =>
        interceptor.SendAsync(Request(RequestVerb.Patch, key, "status", patch), token => inner.PatchStatusAsync(key, patch, token), cancellationToken);

    public async Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ClientRequest request = Request(RequestVerb.Delete, key, deleteOptions: options);
        await interceptor.SendAsync(request, DeleteAsync, cancellationToken);

        async Task<bool> DeleteAsync(CancellationToken token)
        {
            await inner.DeleteAsync(key, options, token);
            return true;
        }
    }

    private static ObjectKey Collection(string? @namespace) => new(@namespace ?? string.Empty, string.Empty);

    private ClientRequest Request(
        RequestVerb verb, ObjectKey key, string? subresource = null, Patch? patch = null, DeleteOptions? deleteOptions = null, string? resourceVersion = null) => new()
    {
        Verb = verb,
        Resource = Type.Resource,
        Key = key,
        Subresource = subresource,
        Patch = patch,
        DeleteOptions = deleteOptions,
        ResourceVersion = string.IsNullOrEmpty(resourceVersion) ? null : resourceVersion,
    };
}
