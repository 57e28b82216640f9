using BuildController.Informers.Api;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Testing.Faults;

/// <summary>
/// Lets a plan's faults befall the calls of a <see cref="FakeClientset"/>, in the form in which its callers would see them over HTTP:
/// <c>client.AddReactor(new FaultInjector("me", plan, client.Cluster, runtime).ReactAsync)</c>. Safe for concurrent use.
/// </summary>
public sealed class FaultInjector
{
    private readonly string client;
    private readonly IFaultPlan plan;
    private readonly InMemoryCluster cluster;
    private readonly OperatorRuntime runtime;
    private int requests;

    /// <summary>Makes an injector.</summary>
    /// <param name="client">Whose calls they are.</param>
    /// <param name="plan">What goes wrong where.</param>
    /// <param name="cluster">The cluster that restarts and forgets.</param>
    /// <param name="runtime">The clock that slow answers wait on.</param>
    public FaultInjector(string client, IFaultPlan plan, InMemoryCluster cluster, OperatorRuntime runtime)
    {
        ArgumentException.ThrowIfNullOrEmpty(client);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(runtime);
        this.client = client;
        this.plan = plan;
        this.cluster = cluster;
        this.runtime = runtime;
    }

    /// <summary>Told of each fault, before it strikes.</summary>
    internal Action<FaultPoint, Fault>? Befalls { get; init; }

    /// <summary>What befalls the process, in a simulation; null where there is none that could die or stand still.</summary>
    internal Func<Fault, Func<Task<FakeResponse>>, Task<FakeResponse>>? Process { get; init; }

    /// <summary>How many calls there were.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>The reactor.</summary>
    public async Task<FakeResponse> ReactAsync(FakeRequest request, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        var point = new FaultPoint(client, Interlocked.Increment(ref requests), request.ToString(), request.Verb);
        Fault? fault = plan.At(point);
        if (fault is null || !fault.Fits(request.Verb) || (cluster.IsAway && !fault.IsOfProcess))
            return await PassAsync(next);

        Befalls?.Invoke(point, fault);
        if (fault.IsOfProcess)
            return await (Process is null ? BefallConnectionAsync(fault, next, cancellationToken) : Process(fault, () => PassAsync(next)));

        switch (fault.Kind)
        {
            case FaultKind.Slow:
                Task<FakeResponse> late = await AnswerToAsync(next);
                await Task.Delay(fault.Time, runtime.Time, cancellationToken);
                return await late;
            case FaultKind.AnswerLost:
                await AnswerToAsync(next);
                throw Lost(request);
            case FaultKind.ListTruncated:
                return CutShort(await PassAsync(next), fault, request);
            case FaultKind.Compaction:
                cluster.Compact();
                return await PassAsync(next);
            case FaultKind.Restart or FaultKind.RestartEmpty:
                cluster.Restart(fault.Time, keepsHistory: fault.Kind == FaultKind.Restart);
                throw new ApiException(ApiErrorReason.ConnectionLost, $"The connection was lost while '{request}' was sent: the server restarts (a fault).");
            case var _ when fault.IsOfWatch:
                FakeResponse response = await PassAsync(next);
                return response with { Events = new FaultyEvents(response.Events!, fault, runtime.Time) };
            default:
                throw Refusal(fault, request);
        }
    }

    /// <summary>The nearest thing to what would befall a process.</summary>
    private async Task<FakeResponse> BefallConnectionAsync(Fault fault, Func<Task<FakeResponse>> next, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Pause:
                await Task.Delay(fault.Time, runtime.Time, cancellationToken);
                return await PassAsync(next);
            case FaultKind.CrashAfter:
                await AnswerToAsync(next);
                break;
        }

        throw new ApiException(ApiErrorReason.ConnectionLost, "The connection was lost (a fault).");
    }

    /// <summary>Sends the call on, to a server that may be away.</summary>
    private Task<FakeResponse> PassAsync(Func<Task<FakeResponse>> next) => cluster.IsAway
        ? Task.FromException<FakeResponse>(new ApiException(ApiErrorReason.ConnectionRefused, "Nothing listens: the server restarts (a fault)."))
        : next();

    /// <summary>Lets the server do its work, whatever it then answers: a refusal is an answer too.</summary>
    private async Task<Task<FakeResponse>> AnswerToAsync(Func<Task<FakeResponse>> next)
    {
        Task<FakeResponse> answer = PassAsync(next);
        try
        {
            await answer;
        }
        catch (ApiException refusal) when (refusal.Code > 0)
        {
        }

        return answer;
    }

    private static FakeResponse CutShort(FakeResponse response, Fault fault, FakeRequest request) => response.List is { } list
        ? response with
        {
            List = list with { Items = [.. list.Items.Take(fault.AfterEvents)] },
            BreaksOff = new ApiException(ApiErrorReason.ConnectionLost, $"The answer to '{request}' ended midway (a fault)."),
        }
        : response;

    private static ApiException Lost(FakeRequest request) =>
        new(ApiErrorReason.ConnectionLost, $"The connection was lost before '{request}' was answered (a fault). A write may have been applied.");

    private static ApiException Refusal(Fault fault, FakeRequest request) => fault.Kind switch
    {
        FaultKind.Conflict => Answer(409, "Conflict", $"Operation cannot be fulfilled on {request.Resource.QualifiedName} \"{request.Key.Name}\": the object has been modified; please apply your changes to the latest version and try again (a fault)"),
        FaultKind.TooManyRequests => Answer(429, "TooManyRequests", "too many requests, please try again later (a fault)", fault.Time),
        FaultKind.InternalError => Answer(500, "InternalError", "Internal error occurred: etcdserver: leader changed (a fault)"),
        FaultKind.Unavailable => Answer(503, "ServiceUnavailable", "the server is currently unable to handle the request (a fault)"),
        _ => new ApiException(ApiErrorReason.ConnectionLost, $"The connection was reset while '{request}' was sent (a fault)."),
    };

    private static ApiException Answer(int code, string reason, string message, TimeSpan? retryAfter = null) =>
        new(new ApiStatus { Code = code, Reason = reason, Message = message }, retryAfter is { } wait ? TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)) : null);
}
