using System.Collections.Concurrent;
using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace BuildController.Host.Server.Faults;

/// <summary>Lets a plan's faults befall the requests of a server: on the wire, so that any client in any language meets them.</summary>
/// <param name="plan">What goes wrong where.</param>
/// <param name="cluster">The cluster that restarts and forgets.</param>
/// <param name="runtime">The clock of delays, and the logs.</param>
/// <param name="stopping">The server stops.</param>
internal sealed partial class RequestFaults(IFaultPlan plan, InMemoryCluster cluster, OperatorRuntime runtime, CancellationToken stopping)
{
    private readonly ILogger logger = runtime.LoggerFactory.CreateLogger<RequestFaults>();
    private readonly ConcurrentDictionary<string, int> requests = new(StringComparer.Ordinal);

    /// <summary>Serves a request, or lets something befall it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">What it asks for: a resource.</param>
    /// <param name="serve">Carries it out and writes the answer.</param>
    public async Task BefallAsync(HttpContext context, RequestPath path, Func<Task> serve)
    {
        FakeRequest? request = await ResourceCall.DescribeAsync(context.Request, path);
        Fault? fault = request is null ? null : At(context, request);
        if (fault is null)
        {
            await serve();
            return;
        }

        switch (fault.Kind)
        {
            case FaultKind.Slow:
                await ServeAsync(new GuardedAnswer(context, () => LateAsync(fault, context.RequestAborted)));
                break;
            case FaultKind.Pause:
                await LateAsync(fault, context.RequestAborted);
                await serve();
                break;
            case FaultKind.Reset or FaultKind.CrashBefore:
                context.Reset();
                break;
            case FaultKind.AnswerLost or FaultKind.CrashAfter:
                await ServeAsync(new GuardedAnswer(context, () => LostAsync(context)));
                break;
            case FaultKind.ListTruncated:
                var list = new TruncatedList(context, fault, runtime.Time);
                await ServeAsync(list);
                await list.EndAsync();
                break;
            case FaultKind.Compaction:
                cluster.Compact();
                await serve();
                break;
            case FaultKind.Restart or FaultKind.RestartEmpty:
                // It takes the connection of this request with it.
                cluster.Restart(fault.Time, keepsHistory: fault.Kind == FaultKind.Restart);
                break;
            case var _ when fault.IsOfWatch:
                await ServeAsync(new FaultyWatch(context, fault, runtime.Time, stopping));
                break;
            default:
                throw RefusalFor(fault, request!);
        }

        Task ServeAsync(InterceptedBody body)
        {
            context.Features.Set<IHttpResponseBodyFeature>(body);
            return serve();
        }
    }

    /// <summary>What befalls a request; it counts, whatever that is.</summary>
    private Fault? At(HttpContext context, FakeRequest request)
    {
        string client = ResourceCall.ClientOf(context.Request);
        int number = requests.AddOrUpdate(client, 1, static (_, count) => count + 1);
        var point = new FaultPoint(client, number, request.ToString(), request.Verb);
        if (plan.At(point) is not { } fault || !fault.Fits(request.Verb))
            return null;

        LogFault(point, fault);
        return fault;
    }

    private async Task<bool> LateAsync(Fault fault, CancellationToken cancellationToken)
    {
        await Task.Delay(fault.Time, runtime.Time, cancellationToken);
        return true;
    }

    private static Task<bool> LostAsync(HttpContext context)
    {
        // Else the web server would log that the body is shorter than it was said to be.
        context.Response.ContentLength = null;
        context.Reset();
        return Task.FromResult(false);
    }

    private static ApiException RefusalFor(Fault fault, FakeRequest request) => fault.Kind switch
    {
        FaultKind.Conflict => Refusal.Conflict(request.Resource, request.Key.Name, "the object has been modified; please apply your changes to the latest version and try again (a fault)"),
        FaultKind.TooManyRequests => Refusal.TooManyRequests("too many requests, please try again later (a fault)", fault.Time),
        FaultKind.InternalError => Refusal.Internal("Internal error occurred: etcdserver: leader changed (a fault)"),
        FaultKind.Unavailable => Refusal.Unavailable("the server is currently unable to handle the request (a fault)"),
        _ => throw new NotSupportedException($"The server has no {fault.Kind}."),
    };

    [LoggerMessage(8002, LogLevel.Information, "{Request}: {Fault}", EventName = "Fault")]
    private partial void LogFault(FaultPoint request, Fault fault);
}
