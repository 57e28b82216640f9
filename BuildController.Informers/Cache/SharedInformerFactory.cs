using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;

namespace BuildController.Informers.Cache;

/// <summary>
/// Makes informers, one for each resource type, namespace and selectors however often it is asked for, and starts and
/// stops them together. Safe for concurrent use. Whoever made it disposes it, after what uses its informers.
/// </summary>
/// <example>
/// <code>
/// await using var informers = new SharedInformerFactory(clientset);
/// ISharedInformer&lt;Pod&gt; pods = informers.For(Pod.Resource);
/// pods.AddKeyHandler(queue.Add);
/// informers.Start();
/// await informers.WaitForSyncAsync(TimeSpan.FromMinutes(1));
/// </code>
/// </example>
public sealed class SharedInformerFactory : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly IClientset clientset;
    private readonly SharedInformerFactoryOptions options;
    private readonly OperatorRuntime runtime;
    private readonly Dictionary<(object Type, InformerScope Scope), (IStartableInformer Informer, Delegate? Transform)> informers = [];
    private bool isStarted;
    private bool isDisposed;

    /// <summary>Makes a factory. It reads nothing before <see cref="Start"/>.</summary>
    /// <param name="clientset">Where to read; it stays the caller's.</param>
    /// <param name="options">What all informers have in common; null for the defaults.</param>
    /// <param name="runtime">Clock, scheduler, randomness and logs; null for <see cref="OperatorRuntime.Default"/>.</param>
    public SharedInformerFactory(IClientset clientset, SharedInformerFactoryOptions? options = null, OperatorRuntime? runtime = null)
    {
        ArgumentNullException.ThrowIfNull(clientset);
        this.clientset = clientset;
        this.options = options ?? new SharedInformerFactoryOptions();
        this.runtime = runtime ?? OperatorRuntime.Default;
    }

    /// <summary>The informers asked for so far: a copy, in the order of their asking.</summary>
    public IReadOnlyList<ISharedInformer> Informers
    {
        get
        {
            lock (gate)
                return [.. informers.Values.Select(static entry => entry.Informer)];
        }
    }

    /// <summary>
    /// The informer of a resource. Asked for again with the same description, namespace and selectors it is the same one,
    /// with the indices of both. Once the factory is started, a new informer is started at once.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">The resource and its object type.</param>
    /// <param name="options">Which objects, and what to keep of them; null for all of the factory's namespace.</param>
    /// <exception cref="ArgumentException">A namespace is given for a cluster-scoped resource, or an index has the name of another.</exception>
    /// <exception cref="InvalidOperationException">The informer is there already with another transform or other reflector options.</exception>
    /// <exception cref="ObjectDisposedException">The factory was disposed.</exception>
    public ISharedInformer<T> For<T>(ResourceType<T> type, InformerOptions<T>? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        options ??= new InformerOptions<T>();
        InformerScope scope = ScopeOf(type, options);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            SharedInformer<T> informer = FindOrMake(type, scope, options.Transform, options.Reflector);
            foreach ((string name, Func<T, IEnumerable<string>> values) in options.Indexers)
                informer.Indexer.AddIndex(name, values);

            if (isStarted)
                informer.Start();

            return informer;
        }
    }

    /// <summary>
    /// Starts every informer asked for so far, and from now on each new one as soon as it is asked for. Does nothing the second time.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The factory was disposed.</exception>
    public void Start()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            isStarted = true;
            foreach ((IStartableInformer informer, _) in informers.Values)
                informer.Start();
        }
    }

    /// <summary>Waits until every informer asked for so far has its initial list in its store.</summary>
    /// <param name="timeout">How long at most; null, the default, for ever.</param>
    /// <param name="cancellationToken">Ends the waiting; the informers go on.</param>
    /// <exception cref="CacheSyncTimeoutException">Some had not synced in time; the message says which and why.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled, or the factory disposed.</exception>
    /// <exception cref="InvalidOperationException">The factory was not started: it would wait for ever.</exception>
    public async Task WaitForSyncAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ISharedInformer[] awaited;
        lock (gate)
        {
            if (!isStarted)
                throw new InvalidOperationException("Start the informers before waiting for them.");

            awaited = [.. informers.Values.Select(static entry => entry.Informer)];
        }

        Task all = Task.WhenAll(awaited.Select(static informer => informer.WaitForSyncAsync()));
        try
        {
            await all.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, runtime.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new CacheSyncTimeoutException(timeout ?? default, [.. awaited.Where(static informer => !informer.HasSynced)]);
        }
    }

    /// <summary>
    /// Stops all informers and waits until nothing of them runs any more, handlers' calls included: a handler must not wait
    /// for it. What was read stays readable. It may be called often.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        IStartableInformer[] all;
        lock (gate)
        {
            isDisposed = true;
            all = [.. informers.Values.Select(static entry => entry.Informer)];
        }

        await Task.WhenAll(all.Select(static informer => informer.DisposeAsync().AsTask()));
    }

    private SharedInformer<T> FindOrMake<T>(ResourceType<T> type, InformerScope scope, Func<T, T>? transform, ReflectorOptions? reflector)
        where T : class
    {
        if (!informers.TryGetValue((type, scope), out (IStartableInformer Informer, Delegate? Transform) entry))
        {
            entry = (new SharedInformer<T>(clientset.Resource(type), scope, transform, runtime, reflector ?? options.Reflector), transform);
            informers.Add((type, scope), entry);
        }
        else if (transform is not null && !transform.Equals(entry.Transform))
        {
            throw new InvalidOperationException(
                $"The informer of {type} is shared and has another transform, or none. Give the same delegate to all who ask for it, or describe the resource twice.");
        }

        var informer = (SharedInformer<T>)entry.Informer;
        if (reflector is not null && reflector != informer.ReadWith)
            throw new InvalidOperationException($"The informer of {type} is shared and reads its server with other options. Give the same to all who ask for it.");

        return informer;
    }

    private InformerScope ScopeOf<T>(ResourceType<T> type, InformerOptions<T> asked)
        where T : class
    {
        if (type.Scope == ResourceScope.Cluster && !string.IsNullOrEmpty(asked.Namespace))
            throw new ArgumentException($"{type} is cluster-scoped: there is no namespace '{asked.Namespace}' to copy.", nameof(asked));

        string? @namespace = type.Scope == ResourceScope.Cluster ? null : asked.Namespace ?? options.Namespace;
        return new InformerScope(NullIfEmpty(@namespace), NullIfEmpty(asked.LabelSelector?.ToString()), NullIfEmpty(asked.FieldSelector));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
