using BuildController.Informers.Api;
using BuildController.Informers.Cache;

namespace BuildController.Benchmarks.Rebuilds;

/// <summary>Keeps count of the objects that are as wanted, by the events of an informer.</summary>
internal sealed class Tally<T>(ResourceType<T> type, Func<T, bool> counts) : IResourceEventHandler<T>
    where T : class
{
    private readonly Lock gate = new();
    private readonly HashSet<ObjectKey> counted = [];
    private TaskCompletionSource changed = NewSource();

    public void OnAdded(ObjectAdded<T> e) => Note(type.KeyOf(e.Object), counts(e.Object));

    public void OnUpdated(ObjectUpdated<T> e) => Note(type.KeyOf(e.New), counts(e.New));

    public void OnDeleted(ObjectDeleted<T> e) => Note(type.KeyOf(e.LastKnown), isCounted: false);

    /// <summary>Waits until so many are counted.</summary>
    /// <exception cref="TimeoutException">They were not in time; the message says how many were.</exception>
    public async Task ReachAsync(string what, int count, TimeSpan timeout, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        while (true)
        {
            (int now, Task next) = Look();
            if (now == count)
                return;

            try
            {
                await next.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new TimeoutException($"After {timeout.TotalSeconds:0} s there were {now} {what}, not {count}.");
            }
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (int Count, Task Next) Look()
    {
        lock (gate)
            return (counted.Count, changed.Task);
    }

    private void Note(ObjectKey key, bool isCounted)
    {
        lock (gate)
        {
            if (!(isCounted ? counted.Add(key) : counted.Remove(key)))
                return;

            changed.TrySetResult();
            changed = NewSource();
        }
    }
}
