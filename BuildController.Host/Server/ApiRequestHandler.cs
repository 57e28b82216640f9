using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BuildController.Host.Server.Discovery;
using BuildController.Host.Server.Faults;
using BuildController.Host.Server.Health;
using BuildController.Host.Server.Reviews;
using BuildController.Host.Server.Tables;
using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Server;

/// <summary>Answers every request: who asks, what for, and every failure as a Status.</summary>
/// <param name="cluster">What is served.</param>
/// <param name="token">The bearer token of the one user.</param>
/// <param name="runtime">The clock and the logs.</param>
/// <param name="stopping">Ends open watches.</param>
/// <param name="faults">What befalls requests; null for nothing.</param>
internal sealed partial class ApiRequestHandler(InMemoryCluster cluster, string token, OperatorRuntime runtime, CancellationToken stopping, RequestFaults? faults = null)
{
    private const string NoCache = "no-cache, private";

    private readonly ILogger logger = runtime.LoggerFactory.CreateLogger<ApiRequestHandler>();
    private readonly TableColumns columns = new();
    private readonly byte[] tokenBytes = Encoding.UTF8.GetBytes(token);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (ApiException error)
        {
            await FailAsync(context, error);
        }
        catch (BadHttpRequestException error)
        {
            await FailAsync(context, error.StatusCode == StatusCodes.Status413PayloadTooLarge ? Refusal.TooLarge(RequestBody.MaxLength) : Refusal.BadRequest(error.Message));
        }
#pragma warning disable CA1031 // The last resort: whatever went wrong is logged, and the client still gets a Status.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(error, context.Request.Method, context.Request.Path);
            await FailAsync(context, Refusal.Internal($"Internal error occurred: {error.Message}"));
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        RequestPath path = RequestPath.Parse(context.Request.Path.Value ?? string.Empty);
        context.Response.Headers.CacheControl = NoCache;
        if (path.Endpoint is not (Endpoint.Health or Endpoint.Version) && !IsAuthorized(context.Request))
            throw Refusal.Unauthorized();

        if (SelfReviews.Find(path) is { } review)
            return SelfReviews.AnswerAsync(context, review, path);

        if (path.Endpoint == Endpoint.Resource)
            return faults is null ? ServeAsync(context, path) : faults.BefallAsync(context, path, () => ServeAsync(context, path));

        if (path.Endpoint == Endpoint.Unknown)
            throw Refusal.UnknownPath();
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            throw Refusal.MethodNotAllowed();

        return DescribeAsync(context, path);
    }

    private Task ServeAsync(HttpContext context, RequestPath path)
    {
        ResourceDefinition type = cluster.Find(path.Group, path.Version, path.Plural) ?? throw Refusal.UnknownPath();
        return new ResourceRequest(context, cluster, type, path, columns, runtime.Time).HandleAsync(stopping);
    }

    private Task DescribeAsync(HttpContext context, RequestPath path)
    {
        IReadOnlyList<ResourceDefinition> types = cluster.Definitions, all = [.. types, .. SelfReviews.Definitions];
        if (path.Endpoint == Endpoint.Health)
            return TellHealthAsync(context, path);
        if (path.Endpoint is Endpoint.CoreVersions or Endpoint.Groups && AggregatedDiscovery.Wanted(context.Request.Headers.Accept) is { } version)
            return WriteAsync(context, AggregatedDiscovery.MediaType(version), AggregatedDiscovery.Document(version, path.Endpoint == Endpoint.CoreVersions, all));
        if (path.Endpoint == Endpoint.OpenApiV2 && OpenApiV2.WantsProtobuf(context.Request.Headers.Accept))
            return WriteAsync(context, OpenApiV2.ProtobufType, OpenApiV2.Protobuf(types));

        return JsonResponse.WriteAsync(context, StatusCodes.Status200OK, path.Endpoint switch
        {
            Endpoint.Version => DiscoveryDocuments.Version(),
            Endpoint.CoreVersions => DiscoveryDocuments.CoreVersions(types, context.Request.Host.Value ?? string.Empty),
            Endpoint.Groups => DiscoveryDocuments.Groups(all),
            Endpoint.Group => DiscoveryDocuments.Group(path.Group, all),
            Endpoint.Resources => DiscoveryDocuments.Resources(path.Group, path.Version, all),
            Endpoint.OpenApiV2 => OpenApiV2.Json(types),
            Endpoint.OpenApiV3Index => OpenApiV3.Index(types),
            Endpoint.OpenApiV3Document => OpenApiV3.Document(path.Group, path.Version, types),
            _ => DiscoveryDocuments.Root(all),
        });
    }

    private Task TellHealthAsync(HttpContext context, RequestPath path)
    {
        var report = new HealthReport(path.Plural, stopping.IsCancellationRequested);
        IQueryCollection query = context.Request.Query;
        (bool isHealthy, string text) = path.Name is { } check
            ? report.One(check) ?? throw Refusal.UnknownPath()
            : report.All(query.ContainsKey("verbose"), [.. query["exclude"].OfType<string>()]);
        context.Response.StatusCode = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
    }

    private static async Task WriteAsync(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private bool IsAuthorized(HttpRequest request)
    {
        const string scheme = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header[scheme.Length..].Trim()), tokenBytes);
    }

    private string Allowed(HttpRequest request)
    {
        RequestPath path = RequestPath.Parse(request.Path.Value ?? string.Empty);
        return AllowedMethods.Of(path, cluster.Find(path.Group, path.Version, path.Plural));
    }

    private async Task FailAsync(HttpContext context, ApiException error)
    {
        if (context.Response.HasStarted)
        {
            LogBrokenOff(error, context.Request.Method, context.Request.Path);
            context.Abort();
            return;
        }

        ApiStatus status = error.Code is >= 400 and < 600 ? error.Status : error.Status with { Code = StatusCodes.Status500InternalServerError };
        context.Response.Clear();
        context.Response.Headers.CacheControl = NoCache;
        if (status.Code == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers.Allow = Allowed(context.Request);

        if (error.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        try
        {
            await JsonResponse.WriteAsync(context, status.Code, StatusResult.Write(status));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client left before it heard the answer.
        }
    }
}
