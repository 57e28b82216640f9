using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server.Faults;

/// <summary>Describes requests as a fake clientset does, so that one plan means the same calls at both levels.</summary>
internal static class ResourceCall
{
    /// <summary>Who asks: the User-Agent up to its first slash.</summary>
    public static string ClientOf(HttpRequest request)
    {
        string agent = request.Headers.UserAgent.ToString();
        return agent.Length == 0 ? "unknown" : agent.Split('/', 2)[0];
    }

    /// <summary>What is asked; null if the server has no such verb. The body, where it is needed, can be read again.</summary>
    public static async Task<FakeRequest?> DescribeAsync(HttpRequest request, RequestPath path)
    {
        string? verb = VerbOf(request, path);
        if (verb is null)
            return null;

        string name = path.Name ?? (verb == "create" ? await ReadNameAsync(request) : string.Empty);
        return new FakeRequest
        {
            Verb = verb,
            Resource = new GroupVersionResource(path.Group, path.Version, path.Plural),
            Subresource = path.Subresource,
            Key = new ObjectKey(path.Namespace ?? string.Empty, name),
        };
    }

    private static string? VerbOf(HttpRequest request, RequestPath path) => (request.Method, path.Name) switch
    {
        ("GET", null) => new RequestQuery(request.Query).IsWatch ? "watch" : "list",
        ("GET", _) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", null) => "deletecollection",
        ("DELETE", _) => "delete",
        _ => null,
    };

    /// <summary>The name of an object that is created; empty where the server makes one up, or will not understand the body.</summary>
    private static async Task<string> ReadNameAsync(HttpRequest request)
    {
        if (request.ContentLength > RequestBody.MaxLength)
            return string.Empty;

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        request.Body = new MemoryStream(body.ToArray());
        try
        {
            JsonObject? value = await RequestBody.ReadObjectAsync(request);
            return value?["metadata"] is JsonObject metadata && metadata["name"] is JsonValue name && name.TryGetValue(out string? text) ? text : string.Empty;
        }
        catch (ApiException)
        {
            return string.Empty;
        }
        finally
        {
            request.Body = new MemoryStream(body.ToArray());
        }
    }
}
