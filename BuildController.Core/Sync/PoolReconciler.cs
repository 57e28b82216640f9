using System.Collections.Concurrent;
using BuildController.Core.Model;
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

    private readonly ImageBuildOptions options;
    private readonly PoolObserver observer;
    private readonly InputsReader inputs;
    private readonly PlanExecutor executor;
    private readonly IEventRecorder events;
    private readonly ILogger logger;

    /// <summary>What each waiting pool was last said to wait for, so that it is said once.</summary>
    private readonly ConcurrentDictionary<string, string> saidToWait = new();

    public PoolReconciler(IClientset clientset, IEventRecorder events, ImageBuildOptions options, OperatorRuntime runtime)
    {
        var pipeline = new ApiPipeline(runtime);
        this.options = options;
        this.events = events;
        observer = new PoolObserver(clientset, pipeline, runtime, options.Namespace);
        inputs = new InputsReader(clientset, pipeline, options.Namespace);
        executor = new PlanExecutor(clientset, pipeline, options);
        logger = runtime.LoggerFactory.CreateLogger<PoolReconciler>();
    }

    public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
    {
        ObjectKey key = context.Key;
        int conflicts = 0;
        IReadOnlyList<string> takenNames = [];
        for (int step = 0; step < MaxSteps; step++)
        {
            PoolObservation observation = await observer.ObserveAsync(key.Name, takenNames, cancellationToken);
            Plan plan = await DecideAsync(observation, cancellationToken);
            LogPlan(key.Name, plan);
            if (plan is Plan.DeleteObjects or Plan.StartBuild && !await observer.IsCurrentAsync(observation, cancellationToken))
                continue;

            try
            {
                takenNames = await executor.ExecuteAsync(plan, observation.Pool, cancellationToken);
            }
            catch (ApiException error) when (error.IsConflict && ++conflicts <= MaxConflicts)
            {
                // Somebody else wrote: what was decided may be wrong by now.
                continue;
            }

            if (takenNames.Count == 0)
                Tell(key.Name, observation.Pool, plan);

            switch (plan)
            {
                case Plan.Settle:
                    return ReconcileResult.Done;
                case Plan.Wait { Recheck: { } recheck }:
                    return ReconcileResult.RequeueAfter(recheck > TimeSpan.Zero ? recheck : TimeSpan.Zero);
                case Plan.Wait:
                    return ReconcileResult.Done;
            }
        }

        return ReconcileResult.RequeueAfter(options.UpdateDelay);
    }

    private async Task<Plan> DecideAsync(PoolObservation observation, CancellationToken cancellationToken)
    {
        Plan plan = RebuildMachine.Decide(observation, options.Policy);
        if (plan is not Plan.ObserveInputs)
            return plan;

        string config = observation.Pool!.Spec.Configuration!.Name;
        InputsObservation found = await inputs.ReadAsync(observation.PoolName, config, cancellationToken);
        return RebuildMachine.Decide(observation with { Inputs = found }, options.Policy);
    }

    private void Tell(string pool, MachineConfigPool? about, Plan plan)
    {
        if (plan is Plan.Wait && plan.Events is [var waiting])
        {
            if (saidToWait.TryGetValue(pool, out string? said) && said == waiting.Message)
                return;

            saidToWait[pool] = waiting.Message;
        }
        else if (plan is not Plan.Wait)
        {
            saidToWait.TryRemove(pool, out _);
        }

        if (about is null)
            return;

        ObjectReference reference = ObjectReference.To(Resources.MachineConfigPools, about);
        foreach (PoolEvent item in plan.Events)
        {
            PoolTold(logger, item.IsWarning ? LogLevel.Warning : LogLevel.Information, pool, item.Reason, item.Message);
            events.Record(reference, item.IsWarning ? EventType.Warning : EventType.Normal, item.Reason.ToString(), item.Message);
        }
    }
}
