using BuildController.Core.Rebuild;
using Microsoft.Extensions.Logging;

namespace BuildController.Core.Sync;

internal sealed partial class PoolReconciler
{
    private void LogPlan(string pool, Plan plan)
    {
        switch (plan)
        {
            case Plan.Wait wait:
                PoolWaits(logger, pool, wait.For, wait.Recheck);
                break;
            case Plan.DeleteObjects delete:
                ObjectsDeleted(logger, pool, string.Join(", ", delete.Objects.Select(static item => $"{item.Kind} {item.Name}")));
                break;
            default:
                PoolStep(logger, pool, plan.GetType().Name);
                break;
        }
    }

    [LoggerMessage(EventId = 7000, EventName = nameof(PoolStep), Level = LogLevel.Debug, Message = "Pool {Pool}: {Step}")]
    private static partial void PoolStep(ILogger logger, string pool, string step);

    [LoggerMessage(EventId = 7001, EventName = nameof(PoolWaits), Level = LogLevel.Debug, Message = "Pool {Pool} waits for {What}; looked at again after {Recheck}")]
    private static partial void PoolWaits(ILogger logger, string pool, string what, TimeSpan? recheck);

    [LoggerMessage(EventId = 7002, EventName = nameof(ObjectsDeleted), Level = LogLevel.Information, Message = "Pool {Pool}: deleting {Objects}")]
    private static partial void ObjectsDeleted(ILogger logger, string pool, string objects);

    [LoggerMessage(EventId = 7004, EventName = nameof(NotTold), Level = LogLevel.Warning, Message = "Pool {Pool}: what is in the way could not be written on it: {Text}")]
    private static partial void NotTold(ILogger logger, string pool, string text);
}
