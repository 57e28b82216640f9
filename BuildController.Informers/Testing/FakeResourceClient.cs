using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>The verbs of one resource over the cluster of a <see cref="FakeClientset"/>.</summary>
internal sealed class FakeResourceClient<T>(FakeClientset clientset, ResourceType<T> type) : IResourceClient<T>
    where T : class
{
    public ResourceType<T> Type => type;

    private InMemoryCluster Cluster => clientset.Cluster;

    private WriteOptions Writing => new() { FieldManager = clientset.FieldManager };

    /// <summary>An apply says itself who applies.</summary>
    private WriteOptions WritingBy(Patch patch) =>
        patch.Kind == PatchKind.Apply ? Writing with { FieldManager = patch.FieldManager, Force = patch.Force } : Writing;

    public Task<T> GetAsync(ObjectKey key, CancellationToken cancellationToken = default) =>
        ObjectAsync(Request("get", key), definition => Cluster.Get(definition, key), cancellationToken);

    public async Task<ListMetadata> ListAsync(string? @namespace, ListOptions options, Action<T> visit, CancellationToken cancellationToken = default)
    {
        FakeRequest request = Request("list", new ObjectKey(@namespace ?? string.Empty, string.Empty)) with { ListOptions = options };
        FakeResponse response = await clientset.SendAsync(request, definition => new FakeResponse { List = Cluster.List(definition, @namespace, options) }, cancellationToken);
        StoredList list = response.List ?? throw Misanswered(request, nameof(FakeResponse.List));
        foreach (ReadOnlyMemory<byte> item in list.Items)
        {
            if (TryDecode(item, options.OnUndecodable) is { } value)
                visit(value);
        }

        return response.BreaksOff is { } error ? throw error : list.Metadata;
    }

    public async Task<IWatchStream<T>> WatchAsync(string? @namespace, WatchOptions options, CancellationToken cancellationToken = default)
    {
        ClusterWatch? opened = null;
        FakeRequest request = Request("watch", new ObjectKey(@namespace ?? string.Empty, string.Empty)) with { WatchOptions = options };
        try
        {
            FakeResponse response = await clientset.SendAsync(
                request, definition => new FakeResponse { Events = opened = Cluster.Watch(definition, @namespace, options) }, cancellationToken);
            return new FakeWatchStream<T>(response.Events ?? throw Misanswered(request, nameof(FakeResponse.Events)), opened, json => TryDecode(json, options.OnUndecodable), Decode, cancellationToken);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }

    public Task<T> CreateAsync(T value, CancellationToken cancellationToken = default)
    {
        ObjectKey key = type.KeyOf(value);
        byte[] body = type.Write(value);
        return ObjectAsync(
            Request("create", key) with { Body = body },
            definition => Cluster.Create(definition, definition.IsNamespaced ? key.Namespace : null, Json.ParseObject(body), Writing),
            cancellationToken);
    }

    public Task<T> ReplaceAsync(T value, CancellationToken cancellationToken = default)
    {
        if (!type.KeepsUnknownFields)
            throw new InvalidOperationException($"{type} does not keep unknown fields, so replacing an object would lose them. Patch it instead.");

        ObjectKey key = type.KeyOf(value);
        byte[] body = type.Write(value);
        return ObjectAsync(
            Request("update", key) with { Body = body },
            definition => Cluster.Replace(definition, key, null, Json.ParseObject(body), Writing),
            cancellationToken);
    }

    public Task<T> PatchAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) =>
        PatchAsync(key, null, patch, cancellationToken);

    public Task<T> PatchStatusAsync(ObjectKey key, Patch patch, CancellationToken cancellationToken = default) =>
        PatchAsync(key, "status", patch, cancellationToken);

    public Task DeleteAsync(ObjectKey key, DeleteOptions? options = null, CancellationToken cancellationToken = default)
    {
        DeleteOptions asked = options ?? new DeleteOptions();
        return clientset.SendAsync(
            Request("delete", key) with { DeleteOptions = asked },
            definition => new FakeResponse { Object = Cluster.Delete(definition, key, asked, out _) },
            cancellationToken);
    }

    private Task<T> PatchAsync(ObjectKey key, string? subresource, Patch patch, CancellationToken cancellationToken)
    {
        if (patch.Kind == PatchKind.Apply && string.IsNullOrEmpty(patch.FieldManager))
            throw new ArgumentException("Server-side apply needs the name of the field manager.", nameof(patch));

        return ObjectAsync(
            Request("patch", key) with { Subresource = subresource, Body = patch.Body, PatchKind = patch.Kind, FieldManager = patch.FieldManager, Force = patch.Force },
            definition => Cluster.Patch(definition, key, subresource, patch, WritingBy(patch), out _),
            cancellationToken);
    }

    private async Task<T> ObjectAsync(FakeRequest request, Func<ResourceDefinition, ReadOnlyMemory<byte>> serve, CancellationToken cancellationToken)
    {
        FakeResponse response = await clientset.SendAsync(request, definition => new FakeResponse { Object = serve(definition) }, cancellationToken);
        return response.Object.IsEmpty ? throw Misanswered(request, nameof(FakeResponse.Object)) : Decode(response.Object);
    }

    private FakeRequest Request(string verb, ObjectKey key) => new() { Verb = verb, Resource = type.Resource, Key = key };

    /// <returns>Null for an object that was reported as undecodable.</returns>
    private T? TryDecode(ReadOnlyMemory<byte> json, Action<UndecodableObject>? undecodable)
    {
        try
        {
            return Decode(json);
        }
        catch (ApiException error) when (undecodable is not null && UndecodableObject.Find(json, error) is { } found)
        {
            undecodable(found);
            return null;
        }
    }

    private T Decode(ReadOnlyMemory<byte> json)
    {
        try
        {
            return type.Read(json.Span);
        }
        catch (Exception error) // Codecs are anyone's code, and callers catch one family.
        {
            throw new ApiException(ApiErrorReason.MalformedResponse, $"The answer is no {type}: {error.Message}", error);
        }
    }

    private static InvalidOperationException Misanswered(FakeRequest request, string member) =>
        new($"A reactor answered '{request}' without {member}.");
}
