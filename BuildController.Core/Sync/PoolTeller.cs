using System.Collections.Concurrent;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Events;
using Microsoft.Extensions.Logging;

namespace BuildController.Core.Sync;

/// <summary>Tells what happened to pools, by events and in the log. That a pool waits is said once, not at every visit.</summary>
internal sealed partial class PoolTeller(IEventRecorder events, ILogger logger)
{
    /// <summary>What each waiting pool was last said to wait for.</summary>
    private readonly ConcurrentDictionary<string, string> saidToWait = new();

    /// <summary>A step was carried out.</summary>
    public void Tell(PoolObservation observation, Plan plan)
    {
        string pool = observation.PoolName;
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

        if (observation.Pool is null || plan.Events.Count == 0)
            return;

        ObjectReference reference = ObjectReference.To(Resources.MachineConfigPools, observation.Pool);
        foreach (PoolEvent item in plan.Events)
        {
            PoolTold(logger, item.IsWarning ? LogLevel.Warning : LogLevel.Information, pool, item.Reason, item.Message);
            events.Record(reference, item.IsWarning ? EventType.Warning : EventType.Normal, item.Reason.ToString(), item.Message);
        }
    }

    [LoggerMessage(EventId = 7003, EventName = nameof(PoolTold), Message = "Pool {Pool}: {Reason}: {Text}")]
    private static partial void PoolTold(ILogger logger, LogLevel level, string pool, PoolEventReason reason, string text);
}
