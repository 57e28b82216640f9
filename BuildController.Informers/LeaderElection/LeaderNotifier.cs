using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Tells of each change of the holder once, in order, on tasks of its own: who is slow to hear of it holds up no renewal. Reports come
/// from one loop.
/// </summary>
internal sealed partial class LeaderNotifier(OperatorRuntime runtime, ILogger logger)
{
    private string? reported;

    public event Action<LeaderChange>? Changed;

    /// <summary>Completes when all have been told of everything reported so far.</summary>
    public Task Told { get; private set; } = Task.CompletedTask;

    public void Report(string? leader)
    {
        if (leader == reported)
            return;

        var change = new LeaderChange(reported, leader);
        reported = leader;
        if (Changed is { } handlers)
        {
            Task before = Told;
            Told = runtime.Start(() => TellAsync(handlers, change, before));
        }
    }

    private async Task TellAsync(Action<LeaderChange> handlers, LeaderChange change, Task before)
    {
        await before;
        foreach (Action<LeaderChange> handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(change);
            }
            catch (Exception error)
            {
                LogHandlerFailed(logger, change.Current, error);
            }
        }
    }

    [LoggerMessage(4031, LogLevel.Error, "A handler threw when told that the leader is {Leader} now.", EventName = "LeaderHandlerFailed")]
    private static partial void LogHandlerFailed(ILogger logger, string? leader, Exception error);
}
