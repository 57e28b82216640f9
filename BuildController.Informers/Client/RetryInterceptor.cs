using BuildController.Informers.Api;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace BuildController.Informers.Client;

/// <summary>Sends requests once more where <see cref="RetryRules"/> allows it, after the wait that the server or the back-off says.</summary>
/// <remarks>
/// Polly runs the loop on the caller's scheduler and by the runtime's clock. It is given no telemetry of its own: what is counted and logged
/// is counted and logged here.
/// </remarks>
internal sealed class RetryInterceptor : IRequestInterceptor
{
    private static readonly ResiliencePropertyKey<Sending> Key = new("sending");

    private readonly ClientRetryOptions options;
    private readonly ClientMetrics metrics;
    private readonly ILogger logger;
    private readonly ResiliencePipeline pipeline;

    public RetryInterceptor(ClientRetryOptions options, OperatorRuntime runtime)
    {
        this.options = options;
        metrics = ClientMetrics.Of(runtime);
        logger = runtime.LoggerFactory.CreateLogger<RetryInterceptor>();
        pipeline = options.MaxAttempts == 1 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = runtime.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(MayRepeat(arguments.Context, arguments.Outcome.Exception)),
                MaxRetryAttempts = options.MaxAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                Delay = options.InitialDelay,
                MaxDelay = options.MaxDelay,
                UseJitter = true,
                Randomizer = runtime.NextDouble,
                DelayGenerator = static arguments => ValueTask.FromResult(Asked(arguments.Outcome.Exception)),
                OnRetry = Note,
            })
            .Build();
    }

    public async Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        var sending = new Sending(request);
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        context.Properties.Set(Key, sending);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (context, call) => await call.Interceptor.TryAsync(call.Sending, call.Next, context.CancellationToken),
                context,
                (Interceptor: this, Sending: sending, Next: next));
        }
        catch (ApiException last) when (sending.Attempts > 1)
        {
            throw new ApiException(last, sending.Attempts, sending.Previous!);
        }
        catch (OperationCanceledException) when (sending.Previous is not null && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The request was cancelled. Its last try had failed: {sending.Previous.Message}", sending.Previous, cancellationToken);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Sending Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    /// <summary>What the server asks for; null where it does not, or asks for nothing in particular: then the back-off decides.</summary>
    private static TimeSpan? Asked(Exception? error) => error is ApiException { RetryAfter: { } asked } && asked > TimeSpan.Zero ? asked : null;

    private bool MayRepeat(ResilienceContext context, Exception? error) =>
        error is ApiException failure && !(failure.RetryAfter > options.MaxRetryAfter) && RetryRules.MayRepeat(Of(context).Request, failure);

    private ValueTask Note(OnRetryArguments<object> arguments)
    {
        Sending sending = Of(arguments.Context);
        sending.Previous = (ApiException)arguments.Outcome.Exception!;
        logger.Repeating(sending.Previous, sending.Request, arguments.RetryDelay.TotalSeconds, sending.Attempts + 1, options.MaxAttempts);
        return ValueTask.CompletedTask;
    }

    private Task<TResult> TryAsync<TResult>(Sending sending, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
    {
        if (sending.Attempts++ > 0)
            metrics.Repeated(sending.Request.Verb, sending.Previous!);

        return next(cancellationToken);
    }

    /// <summary>A request on its way, and what came of it so far.</summary>
    private sealed class Sending(ClientRequest request)
    {
        public ClientRequest Request => request;

        public int Attempts { get; set; }

        /// <summary>The last failure after which it was sent once more.</summary>
        public ApiException? Previous { get; set; }
    }
}
