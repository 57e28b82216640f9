using System.Runtime.CompilerServices;
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

/// <summary>Runs a reflector for each source, applies their deltas to one store and tells the handlers.</summary>
internal sealed partial class SharedInformer<T> : ISharedInformer<T>, IStartableInformer
    where T : class
{
    private readonly Lock gate = new();
    private readonly OperatorRuntime runtime;
    private readonly ILogger logger;
    private readonly Indexer<T> indexer;
    private readonly DeltaProcessor<T> processor;
    private readonly DeltaFifo<T> queue = new();
    private readonly InformerSource<T>[] sources;
    private readonly StoreWaiters<T> waiters = new();
    private readonly ResyncPeriods resyncPeriods;
    private readonly List<HandlerRegistration<T>> handlers = [];
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Replaced at every change: a batch is told to those who listened when it was applied.</summary>
    private Listener<T>[] listeners = [];
    private Task reflecting = Task.CompletedTask;
    private Task consuming = Task.CompletedTask;
    private bool isStarted;
    private bool isComplete;
    private bool isStopping;

    /// <param name="client">Where to read.</param>
    /// <param name="scopes">What to read, at least one; where there are several, each is a namespace.</param>
    /// <param name="options">What to keep.</param>
    /// <param name="resyncPeriod">The period of handlers that ask for none.</param>
    /// <param name="reading">How to read the server.</param>
    /// <param name="runtime">Clock, scheduler, randomness and logs.</param>
    public SharedInformer(
        IResourceClient<T> client, IReadOnlyList<InformerScope> scopes, InformerOptions<T> options, TimeSpan resyncPeriod, ReflectorOptions reading, OperatorRuntime runtime)
    {
        this.runtime = runtime;
        ReadWith = reading;
        Type = client.Type;
        Namespaces = [.. scopes.Select(static scope => scope.Namespace).OfType<string>()];
        logger = runtime.LoggerFactory.CreateLogger("BuildController.Informers.Cache");
        indexer = new Indexer<T>(client.Type, logger);
        processor = new DeltaProcessor<T>(client.Type);
        resyncPeriods = new ResyncPeriods(resyncPeriod);
        sources = [.. scopes.Select((scope, place) => new InformerSource<T>(
            scope.Namespace, new Reflector<T>(client, scope, options.Transform, indexer.Find, queue.OfSource(place), runtime, logger, reading)))];
    }

    /// <summary>How the first who asked for it wanted it to read.</summary>
    public ReflectorOptions ReadWith { get; }

    public ResourceType<T> Type { get; }

    public GroupVersionResource Resource => Type.Resource;

    public string? Namespace => Namespaces is [string one] ? one : null;

    public IReadOnlyList<string> Namespaces { get; }

    public IIndexer<T> Indexer => indexer;

    public bool HasSynced => synced.Task.IsCompletedSuccessfully;

    public InformerHealth Health => sources.Select(static source => source.Health)
        .OrderBy(static health => health.FailingSince ?? DateTimeOffset.MaxValue).ThenBy(static health => health.HasSynced).ThenBy(static health => health.LastContact)
        .First() with { HasSynced = HasSynced };

    public IReadOnlyDictionary<string, InformerHealth> HealthByNamespace =>
        sources.ToDictionary(static source => source.Namespace ?? string.Empty, static source => source.Health);

    public Task WaitForSyncAsync(CancellationToken cancellationToken) => synced.Task.OnThisScheduler().WaitAsync(cancellationToken);

    public void Start()
    {
        lock (gate)
        {
            if (isStarted || isStopping)
                return;

            isStarted = true;
            resyncPeriods.Fix();
            consuming = runtime.Start(ConsumeAsync);
            reflecting = Task.WhenAll([.. sources.Select(source => runtime.Start(() => source.Reflector.RunAsync(stop.Token)))]);
            StartResyncs();
        }
    }

    public IHandlerRegistration AddHandler(IResourceEventHandler<T> handler, HandlerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (gate)
        {
            Listener<T> listener = Listen(options ?? new HandlerOptions(), NameOf(handler));
            var registration = new HandlerRegistration<T>(handler, listener, Type, Remove, logger, runtime);
            handlers.Add(registration);
            return registration;
        }
    }

    public async IAsyncEnumerable<InformerChange<T>> ChangesAsync(HandlerOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Listener<T> listener;
        lock (gate)
            listener = Listen(options ?? new HandlerOptions(), nameof(ChangesAsync));

        try
        {
            while (await listener.WaitAsync(cancellationToken))
            {
                while (listener.TryNext(out Notification<T> fact))
                {
                    yield return new InformerChange<T>(fact);
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            Remove(listener);
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
        await resyncing;
        queue.Close();
        await consuming;
        HandlerRegistration<T>[] remaining;
        Listener<T>[] listening;
        lock (gate)
            (remaining, listening) = ([.. handlers], listeners);

        await Task.WhenAll(remaining.Select(static handler => handler.DisposeAsync().AsTask()));
        foreach (Listener<T> listener in listening)
            listener.Close();

        waiters.Close();
        synced.TrySetCanceled();
        stop.Dispose();
        stopped.TrySetResult();
    }

    /// <summary>Begins to listen, in the gate: there the store and what is told agree, so the snapshot leaves no gap and no overlap.</summary>
    private Listener<T> Listen(HandlerOptions options, string defaultName)
    {
        ObjectDisposedException.ThrowIf(isStopping, this);
        TimeSpan period = resyncPeriods.Grant(options.ResyncPeriod);
        var resync = new ResyncSchedule(period, runtime.Time.GetTimestamp(), runtime.Time.TimestampFrequency);
        var listener = new Listener<T>(Type, options.Name ?? defaultName, options.Delivery, resync, indexer.Current, isComplete, runtime);
        listeners = [.. listeners, listener];
        StartResyncs();
        return listener;
    }

    private static string NameOf(IResourceEventHandler<T> handler) => handler.GetType().Name.Split('`')[0];

    private void Remove(HandlerRegistration<T> handler)
    {
        lock (gate)
        {
            handlers.Remove(handler);
            Remove(handler.Listener);
        }
    }

    private void Remove(Listener<T> listener)
    {
        listener.Close();
        lock (gate)
            listeners = Array.FindAll(listeners, other => other != listener);
    }
}
