namespace BuildController.Informers.Cache;

internal sealed partial class SharedInformer<T>
{
    private async Task ConsumeAsync()
    {
        var batch = new List<Delta<T>>();
        var facts = new List<Notification<T>>();
        while (await queue.WaitAsync())
        {
            if (stop.IsCancellationRequested)
                return;

            queue.PopBatch(batch);
            Listener<T>[] told = Apply(batch, facts);
            waiters.Applied(batch);
            if (isComplete && synced.TrySetResult())
                logger.Synced(Resource, Namespace, indexer.Count, indexer.Current.ResourceVersion);

            if (!await TellAsync(told, facts))
                return;

            batch.Clear();
            facts.Clear();

            // The list that a cache starts with is long; the batches after it are not.
            if (facts.Capacity > DeltaFifo<T>.Capacity)
                facts.Capacity = 0;
        }
    }

    /// <returns>Who is to be told. Who comes later finds it in the store.</returns>
    private Listener<T>[] Apply(List<Delta<T>> batch, List<Notification<T>> facts)
    {
        lock (gate)
        {
            CheckResyncs(batch);
            indexer.Update((Informer: this, batch, facts), static (store, state) => state.Informer.Apply(store, state.batch, state.facts));
            foreach (Delta<T> delta in batch)
                MoveOn(sources[delta.Source], delta);

            return listeners;
        }
    }

    private void Apply(StoreEditor<T> store, List<Delta<T>> batch, List<Notification<T>> facts)
    {
        bool tellsUnchanged = Array.Exists(listeners, static listener => listener.Resync.IsDue);
        foreach (Delta<T> delta in batch)
        {
            try
            {
                InformerSource<T> source = sources[delta.Source];
                var context = new DeltaContext(!isComplete && !source.HasListed, tellsUnchanged, sources.Length > 1 ? source.Namespace : null);
                processor.Apply(store, delta, context, facts);
                source.HasListed |= delta.Type == DeltaType.Replaced;
                if (!isComplete && Array.TrueForAll(sources, static source => source.HasListed))
                {
                    isComplete = true;
                    facts.Add(new Notification<T>(NotificationType.Synced));
                }
            }
#pragma warning disable CA1031 // One delta that cannot be applied must not keep the next from it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                logger.ApplyFailed(error, delta.Type, Resource);
            }
        }
    }

    private static void MoveOn(InformerSource<T> source, Delta<T> delta)
    {
        if (delta.ResourceVersion.Length > 0)
            source.Version = delta.ResourceVersion;
    }

    /// <summary>Tells everybody; those first who take all at once, so that nobody waits for a full buffer without need.</summary>
    /// <returns>False when the informer was stopped while a buffer was full.</returns>
    private async ValueTask<bool> TellAsync(Listener<T>[] told, List<Notification<T>> facts)
    {
        if (facts.Count == 0)
            return true;

        long applied = runtime.Time.GetTimestamp();
        List<(Listener<T> Listener, int From)>? full = null;
        foreach (Listener<T> listener in told)
        {
            int taken = listener.Offer(facts, 0, applied);
            if (taken < facts.Count)
                (full ??= []).Add((listener, taken));
        }

        if (full is null)
            return true;

        try
        {
            foreach ((Listener<T> listener, int from) in full)
                await listener.OfferRestAsync(facts, from, applied, stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }
}
