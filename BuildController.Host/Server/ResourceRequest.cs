using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Host.Server.Tables;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server;

/// <summary>One request for a resource: finds the verb, lets the cluster do it, and shows the outcome as the client wants it.</summary>
internal sealed class ResourceRequest
{
    private readonly HttpContext context;
    private readonly InMemoryCluster cluster;
    private readonly ResourceDefinition type;
    private readonly RequestPath path;
    private readonly RequestQuery query;
    private readonly ResponseShape shape;
    private readonly TableWriter table;

    public ResourceRequest(HttpContext context, InMemoryCluster cluster, ResourceDefinition type, RequestPath path, TableColumns columns, TimeProvider time)
    {
        this.context = context;
        this.cluster = cluster;
        this.type = type;
        this.path = path;
        query = new RequestQuery(context.Request.Query);
        shape = AcceptHeader.Shape(context.Request.Headers.Accept) ?? throw Refusal.NotAcceptable();
        table = new TableWriter(columns.For(type), query.IncludeObject, time);
    }

    private ObjectKey Key => new(path.Namespace ?? string.Empty, path.Name!);

    private string? UserAgent => context.Request.Headers.UserAgent;

    public Task HandleAsync(CancellationToken stopping)
    {
        CheckScope();
        CheckSubresource();
        if (type.DeprecationWarning is { } deprecated)
            Warn(deprecated);

        return (context.Request.Method, path) switch
        {
            ("GET", { Name: null }) when query.IsWatch => WatchAsync(stopping),
            ("GET", { Name: null }) => ListAsync(),
            ("GET", { Subresource: "scale" }) => WriteObjectAsync(StatusCodes.Status200OK, cluster.GetScale(type, Key)),
            ("GET", _) => WriteObjectAsync(StatusCodes.Status200OK, cluster.Get(type, Key)),
            ("POST", { Name: null }) when HasPlace => CreateAsync(),
            ("DELETE", { Name: null }) when HasPlace => DeleteCollectionAsync(),
            ("PUT", { Name: not null }) => ReplaceAsync(),
            ("PATCH", { Name: not null }) => PatchAsync(),
            ("DELETE", { Name: not null, Subresource: null }) => DeleteAsync(),
            _ => throw Refusal.MethodNotAllowed(),
        };
    }

    /// <summary>Whether the path says in full where objects are: not the collection over all namespaces.</summary>
    private bool HasPlace => type.Scope == ResourceScope.Cluster || path.Namespace is not null;

    private void CheckScope()
    {
        bool fits = type.Scope == ResourceScope.Cluster ? path.Namespace is null : path.Name is null || path.Namespace is not null;
        if (!fits)
            throw Refusal.UnknownPath();
    }

    private void CheckSubresource()
    {
        if (path.Subresource is null || (path.Subresource == "status" && type.HasStatus) || (path.Subresource == "scale" && type.Scale is not null))
            return;

        throw path is { Plural: "pods", Group: "" } && WhatPodsLack(path.Subresource) is { } lack
            ? Refusal.NotFound($"pod \"{path.Name}\" {lack}: the pods of the embedded cluster are simulated")
            : Refusal.UnknownPath();
    }

    private static string? WhatPodsLack(string subresource) => subresource switch
    {
        "log" => "has no log",
        "exec" or "attach" => "has no process to talk to",
        "portforward" or "proxy" => "has no port to connect to",
        _ => null,
    };

    private Task ListAsync()
    {
        ListOptions options = query.List();
        StoredList list = cluster.List(type, path.Namespace, options);
        if (query.WantsExactVersion && list.Metadata.ResourceVersion != options.ResourceVersion)
            throw Refusal.Expired($"The provided resource version {options.ResourceVersion} is no longer shown: only the newest is.");

        return WriteListAsync(list);
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        WatchOptions options = query.Watch();
        if (query.RefusesInitialEvents && options.ResourceVersion is null or "0")
            options = options with { ResourceVersion = cluster.List(type, path.Namespace, new ListOptions { Limit = 1 }).Metadata.ResourceVersion };

        using ClusterWatch watch = cluster.Watch(type, path.Namespace, options);
        bool isFirst = true;
        await WatchResponse.WriteAsync(context, watch, json =>
        {
            bool withHeadings = isFirst;
            isFirst = false;
            return Show(json, withHeadings);
        }, stopping);
    }

    private async Task CreateAsync()
    {
        WriteOptions options = query.Write("CreateOptions", isApply: false, UserAgent, Warn);
        ReadOnlyMemory<byte> created = cluster.Create(type, path.Namespace, await ReadObjectAsync(), options);
        await WriteObjectAsync(StatusCodes.Status201Created, created);
    }

    private async Task ReplaceAsync()
    {
        WriteOptions options = query.Write("UpdateOptions", isApply: false, UserAgent, Warn);
        JsonObject body = await ReadObjectAsync();
        await WriteObjectAsync(StatusCodes.Status200OK, cluster.Replace(type, Key, path.Subresource, body, options));
    }

    private async Task PatchAsync()
    {
        Patch patch = await RequestBody.ReadPatchAsync(context.Request);
        WriteOptions options = query.Write("PatchOptions", patch.Kind == PatchKind.Apply, UserAgent, Warn);
        ReadOnlyMemory<byte> result = LastApplied.Patch(cluster, type, Key, path.Subresource, patch, options, out bool created);
        await WriteObjectAsync(created ? StatusCodes.Status201Created : StatusCodes.Status200OK, result);
    }

    private async Task DeleteAsync()
    {
        (DeleteOptions options, bool dryRun) = await ReadDeleteOptionsAsync();
        ReadOnlyMemory<byte> last = cluster.Delete(type, Key, options, out bool gone, dryRun);
        if (gone)
            await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, StatusResult.Deleted(type.Resource, path.Name!, Uid(last)));
        else
            await WriteObjectAsync(StatusCodes.Status200OK, last);
    }

    private async Task DeleteCollectionAsync()
    {
        (DeleteOptions options, bool dryRun) = await ReadDeleteOptionsAsync();
        ListOptions selector = query.Selectors();
        await WriteListAsync(cluster.DeleteCollection(type, path.Namespace, selector, options, dryRun));
    }

    /// <summary>Says something to whoever asked, beside the answer, as RFC 9111 has it.</summary>
    private void Warn(string text)
    {
        string quoted = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        context.Response.Headers.Append("Warning", $"299 - \"{quoted}\"");
    }

    private static string Uid(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Text("metadata", "uid");
    }

    private async Task<JsonObject> ReadObjectAsync() =>
        await RequestBody.ReadObjectAsync(context.Request) ?? throw Refusal.BadRequest("the request has no body: an object is expected");

    private async Task<(DeleteOptions Options, bool DryRun)> ReadDeleteOptionsAsync() =>
        await RequestBody.ReadObjectAsync(context.Request) is { } body ? DeleteRequest.FromBody(body) : query.Delete();

    private Task WriteObjectAsync(int code, ReadOnlyMemory<byte> json) => JsonResponse.WriteAsync(context, code, Show(json));

    private Task WriteListAsync(StoredList list) => shape switch
    {
        ResponseShape.Table => JsonResponse.WriteAsync(context, StatusCodes.Status200OK, table.Many(list.Items, list.Metadata)),
        ResponseShape.Metadata => JsonResponse.WriteAsync(context, StatusCodes.Status200OK, PartialMetadata.Many(list)),
        _ => JsonResponse.WriteListAsync(context, type.Resource.ApiVersion, type.ListKind, list),
    };

    private ReadOnlyMemory<byte> Show(ReadOnlyMemory<byte> json, bool withHeadings = true) => shape switch
    {
        ResponseShape.Table => table.One(json, withHeadings),
        ResponseShape.Metadata => PartialMetadata.One(json),
        _ => json,
    };
}
