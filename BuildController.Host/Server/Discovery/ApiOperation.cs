using BuildController.Informers.Api;
using BuildController.Informers.Testing;

namespace BuildController.Host.Server.Discovery;

/// <summary>One operation that OpenAPI documents tell of. Both versions of the documents are made of these.</summary>
/// <param name="Path">The path template, with a leading slash.</param>
/// <param name="Method">The method, in lower case.</param>
/// <param name="Action">Kubernetes' word for it, for example <c>list</c>.</param>
/// <param name="QueryParameters">The parameters that tell clients what the server can do for them.</param>
internal sealed record ApiOperation(string Path, string Method, string Action, IReadOnlyList<string> QueryParameters)
{
    private static readonly string[] ListParameters =
        ["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"];

    // kubectl looks for fieldValidation to know that the server validates, and for dryRun before it dares one.
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];
    private static readonly string[] PatchParameters = [.. WriteParameters, "force"];
    private static readonly string[] DeleteParameters = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];

    public static IEnumerable<ApiOperation> Of(ResourceDefinition type)
    {
        bool namespaced = type.Scope == ResourceScope.Namespaced;
        string all = $"/{type.Resource.CollectionPath()}";
        string root = all[..^type.Resource.Plural.Length];
        string collection = namespaced ? $"{root}namespaces/{{namespace}}/{type.Resource.Plural}" : all;
        string item = $"{collection}/{{name}}";

        if (namespaced)
            yield return new(all, "get", "list", ListParameters);

        yield return new(collection, "get", "list", ListParameters);
        yield return new(collection, "post", "post", WriteParameters);
        yield return new(collection, "delete", "deletecollection", DeleteParameters);
        yield return new(item, "get", "get", []);
        yield return new(item, "put", "put", WriteParameters);
        yield return new(item, "patch", "patch", PatchParameters);
        yield return new(item, "delete", "delete", DeleteParameters);
        if (!type.HasStatus)
            yield break;

        yield return new($"{item}/status", "get", "get", []);
        yield return new($"{item}/status", "put", "put", WriteParameters);
        yield return new($"{item}/status", "patch", "patch", PatchParameters);
    }
}
