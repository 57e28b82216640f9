using BuildController.Informers.Execution;

namespace BuildController.Informers.Cache;

/// <summary>Those who wait until the store has come somewhere. They are looked at after each batch, and cost nothing while there are none.</summary>
internal sealed class StoreWaiters<T>
    where T : class
{
    private readonly Lock gate = new();
    private readonly List<Waiter> waiting = [];
    private bool isClosed;

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="isReached">Looks at the store as it is.</param>
    /// <param name="isPassed">Looks at one change among several applied at once; null if that cannot decide.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the informer was stopped.</exception>
    public async Task WaitAsync(Func<bool> isReached, Func<Delta<T>, bool>? isPassed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(isReached, isPassed);
        lock (gate)
        {
            // Looked at in the lock, so that no batch comes between the look and the waiting.
            if (isReached())
                return;

            if (isClosed)
                throw new OperationCanceledException("The informer was stopped before its store had come so far.");

            waiting.Add(waiter);
        }

        try
        {
            await waiter.Reached.Task.OnThisScheduler().WaitAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
                waiting.Remove(waiter);
        }
    }

    /// <summary>A batch has been applied, and readers see it.</summary>
    public void Applied(List<Delta<T>> batch)
    {
        lock (gate)
        {
            foreach (Waiter waiter in waiting)
            {
                if (waiter.IsReached() || (waiter.IsPassed is { } isPassed && batch.Exists(delta => isPassed(delta))))
                    waiter.Reached.TrySetResult();
            }
        }
    }

    /// <summary>Nothing will be applied any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            foreach (Waiter waiter in waiting)
                waiter.Reached.TrySetCanceled();
        }
    }

    private sealed class Waiter(Func<bool> isReached, Func<Delta<T>, bool>? isPassed)
    {
        public Func<bool> IsReached => isReached;

        public Func<Delta<T>, bool>? IsPassed => isPassed;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
