using BuildController.Informers.Execution;

namespace BuildController.Informers.Testing.Simulation;

/// <summary>Runs many independent pieces of work on all cores. Each is one thread's from its beginning to its end.</summary>
internal static class Batch
{
    public static async Task RunAsync<T>(IEnumerable<T> items, Action<T> work, Func<bool> goesOn, CancellationToken cancellationToken)
    {
        var gate = new Lock();
        using IEnumerator<T> left = items.GetEnumerator();
        Task[] workers = [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(_ => OperatorRuntime.Default.Start(WorkAsync))];
        await Task.WhenAll(workers);

        Task WorkAsync()
        {
            while (!cancellationToken.IsCancellationRequested && goesOn() && TryNext(out T item))
                work(item);

            return Task.CompletedTask;
        }

        bool TryNext(out T item)
        {
            lock (gate)
            {
                bool found = left.MoveNext();
                item = found ? left.Current : default!;
                return found;
            }
        }
    }
}
