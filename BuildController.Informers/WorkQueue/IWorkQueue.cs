namespace BuildController.Informers.WorkQueue;

/// <summary>A work queue, whatever its keys: see <see cref="IWorkQueue{TKey}"/>. For health checks and whoever shuts it down.</summary>
public interface IWorkQueue : IDisposable
{
    /// <summary>What metrics and logs call the queue; empty if it has no name.</summary>
    string Name { get; }

    /// <summary>How many keys are ready to be taken: neither those with a worker nor those that wait for a time.</summary>
    int Count { get; }

    /// <summary>Whether the queue was shut down. It takes no keys any more, and never will again.</summary>
    bool IsShuttingDown { get; }

    /// <summary>How it fares; a value of this moment.</summary>
    WorkQueueHealth Health { get; }

    /// <summary>
    /// Refuses further keys, drops those that wait for a time, wakes every waiting worker, and returns at once.
    /// Ends the wait of a drain. May be called again.
    /// </summary>
    void ShutDown();
}
