using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using Polly;
using Polly.Retry;

namespace BuildController.Core.Sync;

/// <summary>
/// Carries API calls over transient errors: five tries, exponential delays with jitter, and what the server asks for with
/// Retry-After. Only for calls that may be repeated: reads, conditional patches, deletes by UID, creates by fixed name. A
/// conflict is never retried here: it asks for a new decision.
/// </summary>
internal sealed class ApiPipeline
{
    private readonly ResiliencePipeline pipeline;

    public ApiPipeline(OperatorRuntime runtime) =>
        pipeline = new ResiliencePipelineBuilder { TimeProvider = runtime.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is ApiException { IsTransient: true }),
                MaxRetryAttempts = 4,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(10),
                UseJitter = true,
                Randomizer = runtime.NextDouble,
                DelayGenerator = static arguments => ValueTask.FromResult((arguments.Outcome.Exception as ApiException)?.RetryAfter),
            })
            .Build();

    public async Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        // Polly leaves the scheduler that it was called on unless told to stay.
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (context, call) => await call(context.CancellationToken), context, call);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
