using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Cache;

/// <summary>What the factory does with an informer, whatever its type.</summary>
internal interface IStartableInformer : ISharedInformer, IAsyncDisposable
{
    void Start();
}

/// <summary>Runs a reflector, applies its deltas to the store and tells the handlers.</summary>
internal sealed class SharedInformer<T> : ISharedInformer<T>, IStartableInformer
    where T : class
{
    private readonly Lock gate = new();
    private readonly InformerScope scope;
    private readonly OperatorRuntime runtime;
    private readonly ILogger logger;
    private readonly Indexer<T> indexer;
    private readonly DeltaProcessor<T> processor;
    private readonly DeltaFifo<T> queue = new();
    private readonly Reflector<T> reflector;
    private readonly List<HandlerRegistration<T>> handlers = [];
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task reflecting = Task.CompletedTask;
    private Task consuming = Task.CompletedTask;
    private bool isStarted;
    private bool isComplete;
    private bool isStopping;

    public SharedInformer(IResourceClient<T> client, InformerScope scope, Func<T, T>? transform, OperatorRuntime runtime, ReflectorOptions? options = null)
    {
        this.scope = scope;
        this.runtime = runtime;
        ReadWith = options;
        Type = client.Type;
        logger = runtime.LoggerFactory.CreateLogger("BuildController.Informers.Cache");
        indexer = new Indexer<T>(client.Type, logger);
        processor = new DeltaProcessor<T>(client.Type);
        reflector = new Reflector<T>(client, scope, transform, indexer.Find, queue, runtime, logger, options);
    }

    /// <summary>How the first who asked for it wanted it to read.</summary>
    public ReflectorOptions? ReadWith { get; }

    public ResourceType<T> Type { get; }

    public GroupVersionResource Resource => Type.Resource;

    public string? Namespace => scope.Namespace;

    public IIndexer<T> Indexer => indexer;

    public bool HasSynced => synced.Task.IsCompletedSuccessfully;

    public InformerHealth Health => reflector.Health.Snapshot() with { HasSynced = HasSynced, ResourceVersion = indexer.Current.ResourceVersion };

    public Task WaitForSyncAsync(CancellationToken cancellationToken) => synced.Task.OnThisScheduler().WaitAsync(cancellationToken);

    public void Start()
    {
        lock (gate)
        {
            if (isStarted || isStopping)
                return;

            isStarted = true;
            consuming = runtime.Start(ConsumeAsync);
            reflecting = runtime.Start(() => reflector.RunAsync(stop.Token));
        }
    }

    public IHandlerRegistration AddHandler(IResourceEventHandler<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isStopping, this);

            // Under the gate the store and what handlers have been told agree: the snapshot leaves no gap and no overlap.
            var registration = new HandlerRegistration<T>(handler, Type, indexer.Current, HasSynced, Remove, logger, runtime);
            handlers.Add(registration);
            return registration;
        }
    }

    /// <summary>Stops reading, then applying, then telling, and waits for each.</summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (gate)
        {
            isFirst = !isStopping;
            isStopping = true;
        }

        if (isFirst)
            await StopAsync();

        await stopped.Task;
    }

    private async Task StopAsync()
    {
        stop.Cancel();
        await reflecting;
        queue.Close();
        await consuming;
        HandlerRegistration<T>[] remaining;
        lock (gate)
            remaining = [.. handlers];

        await Task.WhenAll(remaining.Select(static handler => handler.DisposeAsync().AsTask()));
        synced.TrySetCanceled();
        stop.Dispose();
        stopped.TrySetResult();
    }

    private async Task ConsumeAsync()
    {
        var batch = new List<Delta<T>>();
        var facts = new List<Notification<T>>();
        while (await queue.WaitAsync())
        {
            if (stop.IsCancellationRequested)
                return;

            queue.PopBatch(batch);
            lock (gate)
                ApplyAndTell(batch, facts);

            batch.Clear();
            facts.Clear();

            // The list that a cache starts with is long; the batches after it are not.
            if (facts.Capacity > DeltaFifo<T>.Capacity)
                facts.Capacity = 0;
        }
    }

    private void ApplyAndTell(List<Delta<T>> batch, List<Notification<T>> facts)
    {
        // The store comes first: a handler that looks there finds what it was told of, or something newer.
        indexer.Update((Informer: this, batch, facts), static (store, state) => state.Informer.Apply(store, state.batch, state.facts));
        foreach (Notification<T> fact in facts)
        {
            foreach (HandlerRegistration<T> handler in handlers)
                handler.Enqueue(fact);
        }

        if (isComplete && synced.TrySetResult())
            logger.Synced(Resource, Namespace, indexer.Count, indexer.Current.ResourceVersion);
    }

    private StoreSnapshot<T> Apply(StoreSnapshot<T> store, List<Delta<T>> batch, List<Notification<T>> facts)
    {
        foreach (Delta<T> delta in batch)
        {
            int before = facts.Count;
            try
            {
                store = processor.Apply(store, delta, !isComplete, facts);
            }
#pragma warning disable CA1031 // One delta that cannot be applied must not keep the next from it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                facts.RemoveRange(before, facts.Count - before);
                logger.ApplyFailed(error, delta.Type, Resource);
                continue;
            }

            if (delta.Type == DeltaType.Replaced && !isComplete)
            {
                isComplete = true;
                facts.Add(new Notification<T>(NotificationType.Synced));
            }
        }

        return store;
    }

    private void Remove(HandlerRegistration<T> handler)
    {
        lock (gate)
            handlers.Remove(handler);
    }
}
