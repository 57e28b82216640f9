using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Client;

/// <summary>Lets requests wait for a token before they are sent. Watches need none: they are few, and a late one means a list.</summary>
internal sealed class RateLimitInterceptor(ClientRateLimitOptions options, OperatorRuntime runtime) : IRequestInterceptor
{
    /// <summary>client-go's thresholds, from which on it tells of a wait, and tells everybody.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan VeryLong = TimeSpan.FromSeconds(1);

    /// <summary>A client that is always too fast would otherwise write a line for each request.</summary>
    private static readonly TimeSpan BetweenLoudLines = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly RequestTokens tokens = new(options.PerSecond, options.Burst, runtime.Time);
    private readonly ClientMetrics metrics = ClientMetrics.Of(runtime);
    private readonly ILogger logger = runtime.LoggerFactory.CreateLogger<RateLimitInterceptor>();
    private long? lastLoudLine;

    public async Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        if (request.Verb != RequestVerb.Watch)
            await TakeTokenAsync(request, cancellationToken);

        return await next(cancellationToken);
    }

    private async ValueTask TakeTokenAsync(ClientRequest request, CancellationToken cancellationToken)
    {
        long start = runtime.Time.GetTimestamp();
        try
        {
            await tokens.TakeAsync(cancellationToken);
        }
        finally
        {
            TimeSpan waited = runtime.Time.GetElapsedTime(start);
            metrics.Limited(request.Verb, waited);
            if (waited > Long)
                Tell(request, waited);
        }
    }

    private void Tell(ClientRequest request, TimeSpan waited)
    {
        if (waited > VeryLong && MayBeLoud())
            logger.WaitedVeryLong(request, waited.TotalSeconds, options.PerSecond, options.Burst, tokens.Waiting);
        else
            logger.Waited(request, waited.TotalSeconds);
    }

    private bool MayBeLoud()
    {
        lock (gate)
        {
            long now = runtime.Time.GetTimestamp();
            if (lastLoudLine is { } last && runtime.Time.GetElapsedTime(last, now) < BetweenLoudLines)
                return false;

            lastLoudLine = now;
            return true;
        }
    }
}
