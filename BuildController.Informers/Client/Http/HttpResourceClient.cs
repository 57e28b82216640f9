using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>The verbs of one resource over HTTP.</summary>
internal sealed class HttpResourceClient<T>(ApiTransport transport, ResourceType<T> type) : IResourceClient<T>
    where T : class
{
    private const int ListBuffer = 64 * 1024;
    private const int ObjectBuffer = 8 * 1024;

    public ResourceType<T> Type => type;

    private string? ConvertTo => type.IsMetadataOnly ? "PartialObjectMetadata" : null;

    public Task<T> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) =>
        ExchangeAsync(new ApiRequest(RequestVerb.Get, type, ResourcePath.Of(type, key)) { ConvertTo = ConvertTo }, cancellationToken);

    public async Task<ListMetadata> ListAsync(
        string? @namespace, ListOptions options, Action<T> visit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(visit);
        var request = new ApiRequest(RequestVerb.List, type, ResourcePath.OfCollection(type, @namespace), QueryBuilder.Of(options))
        {
            ConvertTo = type.IsMetadataOnly ? "PartialObjectMetadataList" : null,
        };
        using ApiCall call = await ApiCall.OpenAsync(transport, request, cancellationToken);
        using var body = new BodyReader(call, ListBuffer);
        var decoder = new ListDecoder<T>(type, visit, call.Malformed, options.OnUndecodable);
        try
        {
            while (await body.FillAsync())
                body.Advance(decoder.Consume(body.Unread));

            return decoder.Complete() ?? throw call.Truncated();
        }
        catch (Exception error) when (call.Note(error))
        {
            throw;
        }
    }

    public async Task<IWatchStream<T>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var request = new ApiRequest(RequestVerb.Watch, type, ResourcePath.OfCollection(type, @namespace), QueryBuilder.Of(options)) { ConvertTo = ConvertTo };
        return new HttpWatchStream<T>(await ApiCall.OpenAsync(transport, request, cancellationToken), type, options.OnUndecodable);
    }

    public Task<T> CreateAsync(T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        string path = ResourcePath.OfNew(type, type.KeyOf(value));
        return ExchangeAsync(new ApiRequest(RequestVerb.Create, type, path) { Body = type.Write(value) }, cancellationToken);
    }

    public Task<T> ReplaceAsync(T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!type.KeepsUnknownFields)
            throw new InvalidOperationException($"{type.Kind} does not keep the fields that it does not know: replacing would lose them. Patch instead.");

        string path = ResourcePath.Of(type, type.KeyOf(value));
        return ExchangeAsync(new ApiRequest(RequestVerb.Update, type, path) { Body = type.Write(value) }, cancellationToken);
    }

    public Task<T> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) =>
        PatchAsync(ResourcePath.Of(type, key), patch, cancellationToken);

    public Task<T> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) =>
        PatchAsync(ResourcePath.Of(type, key, "status"), patch, cancellationToken);

    public async Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ApiRequest(RequestVerb.Delete, type, ResourcePath.Of(type, key))
        {
            Body = options is null ? default : DeleteOptionsBody.Of(options),
        };

        // The answer is the object or a Status, as the server likes; it is read to its end so that the connection can be used again.
        using ApiCall call = await ApiCall.OpenAsync(transport, request, cancellationToken);
        using var body = new BodyReader(call, ObjectBuffer);
        try
        {
            while (await body.FillAsync())
                body.Advance(body.Unread.Length);
        }
        catch (Exception error) when (call.Note(error))
        {
            throw;
        }
    }

    private Task<T> PatchAsync(string path, Patch patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (patch.Kind == PatchKind.Apply && string.IsNullOrEmpty(patch.FieldManager))
            throw new ArgumentException("Server-side apply needs the name of the field manager.", nameof(patch));

        var request = new ApiRequest(RequestVerb.Patch, type, path, QueryBuilder.Of(patch)) { Body = patch.Body, MediaType = patch.MediaType };
        return ExchangeAsync(request, cancellationToken);
    }

    private async Task<T> ExchangeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using ApiCall call = await ApiCall.OpenAsync(transport, request, cancellationToken);
        using var body = new BodyReader(call, ObjectBuffer);
        try
        {
            while (await body.FillAsync())
            {
            }

            return Decode(body.Unread, call);
        }
        catch (Exception error) when (call.Note(error))
        {
            throw;
        }
    }

    private T Decode(ReadOnlySpan<byte> json, ApiCall call)
    {
        try
        {
            return type.Read(json);
        }
        catch (Exception error) // Codecs are anyone's code, and callers catch one family.
        {
            throw call.Malformed($"it is no {type.Kind}: {error.Message}", error);
        }
    }
}
