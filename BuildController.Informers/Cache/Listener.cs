using BuildController.Informers.Api;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Cache;

/// <summary>
/// What one who listens is to be told: first what was in the store when it began, from a snapshot, which costs nothing to
/// keep, then every change. The informer writes, one reader reads, and anybody may close.
/// </summary>
internal sealed class Listener<T>
    where T : class
{
    private readonly HandlerQueue<T> queue;
    private readonly HandlerMetrics.HandlerInstruments instruments;
    private readonly bool isComplete;
    private IEnumerator<T>? present;
    private volatile bool isClosed;

    /// <param name="type">The object type.</param>
    /// <param name="name">What metrics call it.</param>
    /// <param name="delivery">What happens when the reader is slow.</param>
    /// <param name="resync">When it wants to be told of everything again.</param>
    /// <param name="present">What it is told first.</param>
    /// <param name="isComplete">Whether that is all of the initial list.</param>
    /// <param name="runtime">Clock and metrics.</param>
    public Listener(
        ResourceType<T> type, string name, HandlerDelivery delivery, ResyncSchedule resync,
        IReadOnlyCollection<T> present, bool isComplete, OperatorRuntime runtime)
    {
        this.isComplete = isComplete;
        this.present = present.GetEnumerator();
        Name = name;
        Resync = resync;
        queue = HandlerQueue<T>.Create(delivery, type);
        instruments = HandlerMetrics.Of(runtime).Add(name, type.Resource, () => queue.Count, runtime.Time);
    }

    public string Name { get; }

    public ResyncSchedule Resync { get; }

    /// <summary>Takes what there is room for.</summary>
    /// <param name="facts">What there is to tell.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="applied">When that was applied to the store.</param>
    /// <returns>The place of the first that there was no room for.</returns>
    public int Offer(List<Notification<T>> facts, int from, long applied)
    {
        while (from < facts.Count && !isClosed)
        {
            Notification<T> fact = facts[from];
            bool isWanted = fact.Type != NotificationType.Resynced || Resync.IsDue;
            if (isWanted && !queue.TryAdd(new HandlerItem<T>(fact, applied)))
                return from;

            from++;
        }

        return facts.Count;
    }

    /// <summary>Waits for the reader until all is taken, or it has gone.</summary>
    public async ValueTask OfferRestAsync(List<Notification<T>> facts, int from, long applied, CancellationToken stop)
    {
        while (from < facts.Count && await queue.WaitToAddAsync(stop))
            from = Offer(facts, from, applied);
    }

    /// <summary>Waits until there is something to tell.</summary>
    /// <returns>False when it was closed.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken = default) =>
        !isClosed && (present is not null || (await queue.WaitToTakeAsync(cancellationToken) && !isClosed));

    public bool TryNext(out Notification<T> fact)
    {
        fact = default;
        if (isClosed)
            return false;

        if (present is not null)
            return TryNextPresent(out fact);

        if (!queue.TryTake(out HandlerItem<T> item))
            return false;

        fact = item.Fact;
        if (fact.Object is not null)
            instruments.Called(item.Applied);

        return true;
    }

    public void Failed() => instruments.Failed();

    /// <summary>Nothing is told any more, not even what waits.</summary>
    public void Close()
    {
        isClosed = true;
        queue.Close();
        instruments.Dispose();
    }

    private bool TryNextPresent(out Notification<T> fact)
    {
        if (present!.MoveNext())
        {
            fact = new Notification<T>(NotificationType.AddedInitially, present.Current);
            return true;
        }

        present = null;
        if (!isComplete)
            return TryNext(out fact);

        fact = new Notification<T>(NotificationType.Synced);
        return true;
    }
}
