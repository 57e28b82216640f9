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
    private readonly Dictionary<InformerKey, Entry> informers = [];
    private readonly List<IStartableInformer> released = [];
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
    /// The informer of a resource. Asked for again with the same description, namespaces and selectors it is the same one,
    /// with the indices of both. Once the factory is started, a new informer is started at once. It runs until the factory
    /// is disposed; for one that is to stop earlier, see <see cref="Lease"/>.
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
        lock (gate)
        {
            Entry entry = FindOrMake(type, options ?? new InformerOptions<T>(), out _);
            entry.IsForGood = true;
            return (SharedInformer<T>)entry.Informer;
        }
    }

    /// <summary>
    /// A share in the informer of a resource: the same informer as <see cref="For"/> gives, but it may be given back. For what
    /// is watched for a while only, such as the resources that a user's configuration names.
    /// </summary>
    /// <returns>The share; the caller disposes it.</returns>
    /// <inheritdoc cref="For"/>
    public IInformerLease<T> Lease<T>(ResourceType<T> type, InformerOptions<T>? options = null)
        where T : class
    {
        lock (gate)
        {
            Entry entry = FindOrMake(type, options ?? new InformerOptions<T>(), out InformerKey key);
            entry.Leases++;
            return new InformerLease<T>((SharedInformer<T>)entry.Informer, () => ReleaseAsync(key, entry));
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
            foreach (Entry entry in informers.Values)
                entry.Informer.Start();
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
            all = [.. informers.Values.Select(static entry => entry.Informer), .. released];
        }

        await Task.WhenAll(all.Select(static informer => informer.DisposeAsync().AsTask()));
    }

    private Entry FindOrMake<T>(ResourceType<T> type, InformerOptions<T> asked, out InformerKey key)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        InformerScope[] scopes = ScopesOf(type, asked);
        key = new InformerKey(type, string.Join(',', scopes.Select(static scope => scope.Namespace)), scopes[0].LabelSelector, scopes[0].FieldSelector);
        if (!informers.TryGetValue(key, out Entry? entry))
            entry = new Entry(new SharedInformer<T>(clientset.Resource(type), scopes, asked, options.ResyncPeriod, asked.Reflector ?? options.Reflector, runtime), asked.Transform);
        else if (asked.Transform is not null && !asked.Transform.Equals(entry.Transform))
            throw new InvalidOperationException(
                $"The informer of {type} is shared and has another transform, or none. Give the same delegate to all who ask for it, or describe the resource twice.");

        var informer = (SharedInformer<T>)entry.Informer;
        if (asked.Reflector is not null && asked.Reflector != informer.ReadWith)
            throw new InvalidOperationException($"The informer of {type} is shared and reads its server with other options. Give the same to all who ask for it.");

        foreach ((string name, Func<T, IEnumerable<string>> values) in asked.Indexers)
            informer.Indexer.AddIndex(name, values);

        informers[key] = entry;
        if (isStarted)
            entry.Informer.Start();

        return entry;
    }

    private async Task ReleaseAsync(InformerKey key, Entry entry)
    {
        lock (gate)
        {
            if (--entry.Leases > 0 || entry.IsForGood)
                return;

            // Forgotten before it has stopped: whoever asks meanwhile gets a new one.
            if (informers.Remove(key))
                released.Add(entry.Informer);
        }

        await entry.Informer.DisposeAsync();
        lock (gate)
            released.Remove(entry.Informer);
    }

    private InformerScope[] ScopesOf<T>(ResourceType<T> type, InformerOptions<T> asked)
        where T : class
    {
        bool hasSeveral = asked.Namespaces.Count > 0;
        if (type.Scope == ResourceScope.Cluster && (hasSeveral || !string.IsNullOrEmpty(asked.Namespace)))
            throw new ArgumentException($"{type} is cluster-scoped: there is no namespace '{asked.Namespace ?? asked.Namespaces[0]}' to copy.", nameof(asked));

        if (hasSeveral && (asked.Namespace is not null || asked.Namespaces.Any(string.IsNullOrEmpty)))
            throw new ArgumentException($"The namespaces of {type} are named twice, or one of them has no name.", nameof(asked));

        string? one = type.Scope == ResourceScope.Cluster ? null : asked.Namespace ?? options.Namespace;
        IEnumerable<string?> namespaces = hasSeveral ? asked.Namespaces.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal) : [NullIfEmpty(one)];
        return [.. namespaces.Select(name => new InformerScope(name, NullIfEmpty(asked.LabelSelector?.ToString()), NullIfEmpty(asked.FieldSelector)))];
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>What makes two requests ask for one informer. The namespaces are joined by a character that no name has.</summary>
    private readonly record struct InformerKey(object Type, string Namespaces, string? LabelSelector, string? FieldSelector);

    private sealed class Entry(IStartableInformer informer, Delegate? transform)
    {
        public IStartableInformer Informer => informer;

        public Delegate? Transform => transform;

        public int Leases { get; set; }

        public bool IsForGood { get; set; }
    }
}
