using BuildController.Core.Diagnostics;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Core.Sync;

/// <summary>
/// Brings one pool forward: observe, decide, execute, and again, until there is nothing to do but wait. Holds no state that
/// matters: a crash loses nothing.
/// </summary>
internal sealed partial class PoolReconciler : IReconciler<ObjectKey>
{
    /// <summary>More steps than any pool needs in a row; a pool that still moves after them comes back after the others.</summary>
    private const int MaxSteps = 32;

    /// <summary>After so many conflicts in one visit another writer is faster than us: come back with back-off.</summary>
    private const int MaxConflicts = 5;

    /// <summary>After so many failures in a row the pool itself says what is in the way.</summary>
    private const int FailuresUntilTold = 3;

    private readonly ImageBuildOptions options;
    private readonly PoolObserver observer;
    private readonly InputsReader inputs;
    private readonly PlanExecutor executor;
    private readonly PoolTeller teller;
    private readonly BuildMetrics metrics;
    private readonly OperatorRuntime runtime;
    private readonly ILogger logger;

    public PoolReconciler(IClientset clientset, IEventRecorder events, ImageBuildOptions options, OperatorRuntime runtime)
    {
        var pipeline = new ApiPipeline(runtime);
        this.options = options;
        this.runtime = runtime;
        inputs = new InputsReader(clientset, pipeline, options.Namespace);
        observer = new PoolObserver(clientset, pipeline, inputs, runtime, options.Namespace);
        executor = new PlanExecutor(clientset, pipeline, options);
        metrics = BuildMetrics.Of(runtime);
        logger = runtime.LoggerFactory.CreateLogger<PoolReconciler>();
        teller = new PoolTeller(events, logger);
    }

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        try
        {
            return await BringForwardAsync(context.Key.Name, cancellationToken);
        }
        catch (ApiException error) when (context.Retries >= FailuresUntilTold && !error.IsConflict)
        {
            await TellBlockedAsync(context.Key.Name, error, cancellationToken);
            throw;
        }
    }

    private async Task<ReconcileResult> BringForwardAsync(string pool, CancellationToken cancellationToken)
    {
        int conflicts = 0;
        IReadOnlyList<string> takenNames = [];
        PoolObservation? known = null;
        for (int step = 0; step < MaxSteps; step++)
        {
            // The patch just made says that the pool is as it was observed, and so does not need to be asked for once more.
            bool isCurrent = known is not null;
            PoolObservation observation = known ?? await observer.ObserveAsync(pool, takenNames, cancellationToken);
            Plan plan = RebuildMachine.Decide(observation, options.Policy);
            if (plan is Plan.ObserveInputs)
            {
                observation = observation with { Inputs = await inputs.ReadAsync(observation, cancellationToken) };
                plan = RebuildMachine.Decide(observation, options.Policy);
                isCurrent = false;
            }

            LogPlan(pool, plan);
            known = null;
            if (plan is Plan.DeleteObjects or Plan.StartBuild && !isCurrent && !await observer.IsCurrentAsync(observation, cancellationToken))
                continue;

            StepResult result;
            try
            {
                result = await executor.ExecuteAsync(plan, observation.Pool, cancellationToken);
            }
            catch (ApiException error) when (error.IsConflict && ++conflicts <= MaxConflicts)
            {
                // Somebody else wrote: what was decided may be wrong by now.
                continue;
            }

            takenNames = result.TakenNames;
            if (takenNames.Count == 0)
                Tell(observation, plan);

            if (plan is Plan.Settle or Plan.Wait)
                return ResultOf(plan);

            known = After(observation, result);
        }

        return ReconcileResult.RequeueAfter(options.UpdateDelay);
    }

    /// <summary>
    /// A step that changed nothing but the pool was conditioned on the version that was observed: nobody has accepted an attempt in between, so
    /// what was seen of objects and inputs still holds. A digest is of one attempt, and is read when that one has succeeded.
    /// </summary>
    private PoolObservation? After(PoolObservation observation, StepResult result) => result.Pool is null
        ? null
        : observation with { Pool = result.Pool, Digest = DigestObservation.Missing, ConfiguredBuilder = null, Now = runtime.Time.GetUtcNow() };

    private static ReconcileResult ResultOf(Plan plan) => plan is Plan.Wait { Recheck: { } recheck }
        ? ReconcileResult.RequeueAfter(recheck > TimeSpan.Zero ? recheck : TimeSpan.Zero)
        : ReconcileResult.Done;

    private void Tell(PoolObservation observation, Plan plan)
    {
        teller.Tell(observation, plan);
        if (plan is Plan.PatchPool patch)
            metrics.Recorded(observation.PoolName, patch, observation.Annotations!.State);
    }

    /// <summary>An admin sees on the pool what is refused; the error itself is logged and retried by the controller.</summary>
    private async Task TellBlockedAsync(string pool, ApiException problem, CancellationToken cancellationToken)
    {
        try
        {
            PoolObservation observation = await observer.ObservePoolAsync(pool, cancellationToken);
            if (RebuildMachine.Block(observation, problem.Message) is not { } plan)
                return;

            await executor.ExecuteAsync(plan, observation.Pool, cancellationToken);
            teller.Tell(observation, plan);
        }
        catch (ApiException error)
        {
            NotTold(logger, pool, error.Message);
        }
    }
}
