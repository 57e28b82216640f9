using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Cache;

/// <summary>Fetches a whole list, in pages where that spares the server.</summary>
internal sealed class ListPager<T>(IResourceClient<T> client, InformerScope scope, int? pageSize)
    where T : class
{
    private const int DefaultPageSize = 500;

    private bool serverPages;

    /// <param name="version">How fresh: null for the newest, <c>"0"</c> for any, or at least that version.</param>
    /// <param name="admit">Makes of an object what is to be kept, or null to leave it out.</param>
    /// <param name="salvage">Finds what is to be kept of an object that cannot be decoded, or null for nothing.</param>
    /// <param name="contact">Called for each answer.</param>
    /// <param name="stop">Ends the listing.</param>
    public async Task<ResourceList<T>> FetchAsync(
        string? version, Func<T, T?> admit, Func<UndecodableObject, T?> salvage, Action contact, CancellationToken stop)
    {
        var items = new List<T>();
        bool isFull = false;
        ListOptions options = Options(version, LimitFor(version));
        ListMetadata first = await PageAsync(options);
        ListMetadata page = first;
        while (!string.IsNullOrEmpty(page.Continue))
        {
            // A server that pages a list of version 0 has no watch cache: then paging later lists costs it nothing extra.
            serverPages |= version == "0";
            try
            {
                page = await PageAsync(options with { ResourceVersion = null, Continue = page.Continue });
            }
            catch (ApiException error) when (error.IsExpired && !isFull)
            {
                // The pages so far are of a version that is gone: no list.
                isFull = true;
                items.Clear();
                first = page = await PageAsync(Options(version, limit: 0));
            }
        }

        return new ResourceList<T>(items, first);

        async Task<ListMetadata> PageAsync(ListOptions request)
        {
            ListMetadata metadata = await client.ListAsync(scope.Namespace, request with { OnUndecodable = VisitUndecodable }, Visit, stop);
            stop.ThrowIfCancellationRequested();
            contact();
            return metadata;
        }

        void Visit(T value)
        {
            if (admit(value) is { } admitted)
                items.Add(admitted);
        }

        void VisitUndecodable(UndecodableObject poisoned)
        {
            if (salvage(poisoned) is { } kept)
                items.Add(kept);
        }
    }

    /// <summary>A limit makes a server go past its watch cache, except for version 0, where it ignores the limit.</summary>
    private int LimitFor(string? version) => pageSize ?? (serverPages || version is null or "0" ? DefaultPageSize : 0);

    private ListOptions Options(string? version, int limit) => new()
    {
        LabelSelector = scope.LabelSelector,
        FieldSelector = scope.FieldSelector,
        ResourceVersion = version,
        Limit = limit,
    };
}
