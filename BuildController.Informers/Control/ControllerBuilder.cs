using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Execution;
using BuildController.Informers.WorkQueue;

namespace BuildController.Informers.Control;

/// <summary>
/// Says what a controller is for and what wakes it up, and makes it: with informers shared with others, and a queue of its
/// own. Every event becomes a key and a reason; nothing else happens in an event handler.
/// </summary>
/// <remarks>Not safe for concurrent use. One builder makes one controller.</remarks>
/// <example>
/// <code>
/// var builder = new ControllerBuilder("widgets")
///     .For(Widgets)
///     .Owns(ConfigMaps)
///     .Watches(Secrets, secret => [new ObjectKey(secret.Metadata.Namespace!, "main")]);
/// builder.Options.Workers = 4;
/// await using IController controller = builder.Build(informers, new WidgetReconciler(clientset));
/// await controller.RunAsync(stoppingToken);
/// </code>
/// </example>
public sealed class ControllerBuilder
{
    private readonly List<Action<Wiring>> sources = [];
    private Primary? primary;
    private bool isBuilt;

    /// <summary>Begins a controller.</summary>
    /// <param name="name">What logs and metrics call it and its queue. Unique in the process, so that they can be told apart.</param>
    public ControllerBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Options = new ControllerOptions { Name = name };
        Queue = new WorkQueueOptions<ObjectKey> { Name = name };
    }

    /// <summary>What logs and metrics call the controller.</summary>
    public string Name { get; }

    /// <summary>How it runs.</summary>
    public ControllerOptions Options { get; }

    /// <summary>How its queue behaves, for example fair between namespaces.</summary>
    public WorkQueueOptions<ObjectKey> Queue { get; }

    /// <summary>
    /// Whether a controller in a host works only while the process leads, where the host has an election. The default is true. Without a host,
    /// <see cref="ControllerOptions.Leadership"/> says it.
    /// </summary>
    public bool LeaderOnly { get; set; } = true;

    /// <summary>
    /// What the controller is for: events of these objects bring their own keys. To be called once, first.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">The resource.</param>
    /// <param name="options">Which events, and how; null for all.</param>
    /// <exception cref="InvalidOperationException">The controller is for something already.</exception>
    public ControllerBuilder For<T>(ResourceType<T> type, SourceOptions<T>? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        if (primary is not null)
            throw new InvalidOperationException($"Controller {Name} is for {primary.Kind} already: what else it listens to it owns or watches.");

        primary = new Primary(type.Resource.Group, type.Kind, type.Scope);
        sources.Add(wiring =>
        {
            ISharedInformer<T> informer = wiring.Listen(type, value => [type.KeyOf(value)], options);
            wiring.KeysByIndex = (index, value) => informer.Indexer.ByIndex(index, value).Select(type.KeyOf);
        });
        return this;
    }

    /// <summary>
    /// What the objects that the controller is for own: events bring the owner's key, found by the owner references, of any version
    /// of its kind. Of an object that changes hands both owners come.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">The resource of the owned objects.</param>
    /// <param name="options">Which events, and how; null for all.</param>
    /// <param name="anyOwner">Whether every owner counts, or, the default, only the one that is the object's controller.</param>
    /// <exception cref="InvalidOperationException"><see cref="For"/> was not called before.</exception>
    public ControllerBuilder Owns<T>(ResourceType<T> type, SourceOptions<T>? options = null, bool anyOwner = false)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        Primary owner = Needed(nameof(Owns));
        return Watches(type, value => owner.KeysOfOwners(type.Metadata(value), anyOwner), options);
    }

    /// <summary>Anything else that matters: events bring the keys that a function makes of the object.</summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">The resource.</param>
    /// <param name="keys">
    /// Which objects the event concerns; none is fine. Quick: the handler's next event waits for it. What it throws is logged and counted, and
    /// that event lost.
    /// </param>
    /// <param name="options">Which events, and how; null for all.</param>
    public ControllerBuilder Watches<T>(ResourceType<T> type, Func<T, IEnumerable<ObjectKey>> keys, SourceOptions<T>? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(keys);
        sources.Add(wiring => wiring.Listen(type, keys, options));
        return this;
    }

    /// <summary>
    /// Objects that name in a label what they belong to: events bring the object of that name, in the same namespace where the
    /// controller is for namespaced objects. Without the label an event brings nothing.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">The resource of the labelled objects.</param>
    /// <param name="label">The label's key.</param>
    /// <param name="options">Which events, and how; null for all.</param>
    /// <exception cref="InvalidOperationException"><see cref="For"/> was not called before.</exception>
    public ControllerBuilder WatchesByLabel<T>(ResourceType<T> type, string label, SourceOptions<T>? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentException.ThrowIfNullOrEmpty(label);
        Primary target = Needed(nameof(WatchesByLabel));
        return Watches(type, value => target.KeyOfLabel(type.Metadata(value), label), options);
    }

    /// <summary>
    /// Objects that those which the controller is for refer to: events bring all that refer to the object, found by an index
    /// given with <see cref="For"/> (<see cref="InformerOptions{T}.Indexers"/>), which lists the keys that an object refers to as texts,
    /// <c>namespace/name</c>.
    /// </summary>
    /// <typeparam name="T">The object type.</typeparam>
    /// <param name="type">The resource of the objects that are referred to.</param>
    /// <param name="index">The name of the index.</param>
    /// <param name="value">What to look for in the index; null for the key's text.</param>
    /// <param name="options">Which events, and how; null for all.</param>
    /// <exception cref="InvalidOperationException"><see cref="For"/> was not called before.</exception>
    public ControllerBuilder WatchesByIndex<T>(ResourceType<T> type, string index, Func<T, string>? value = null, SourceOptions<T>? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentException.ThrowIfNullOrEmpty(index);
        _ = Needed(nameof(WatchesByIndex));
        Func<T, string> asked = value ?? (one => type.KeyOf(one).ToString());
        sources.Add(wiring => wiring.Listen(type, one => wiring.KeysByIndex!(index, asked(one)), options));
        return this;
    }

    /// <summary>Makes the controller. It does nothing until it runs; then it starts the factory's informers, if nobody has.</summary>
    /// <param name="informers">Where its informers come from; it stays the caller's, and outlives the controller.</param>
    /// <param name="reconciler">What to do with a key.</param>
    /// <param name="runtime">Where to run; null for <see cref="OperatorRuntime.Default"/>.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">Nothing brings it any key, or it was built already.</exception>
    public IController Build(SharedInformerFactory informers, IReconciler<ObjectKey> reconciler, OperatorRuntime? runtime = null)
    {
        runtime ??= OperatorRuntime.Default;
        return Build(informers, reconciler, MakeQueue(runtime), runtime);
    }

    /// <summary>The queue, to be shared with others that add to it.</summary>
    internal IWorkQueue<ObjectKey> MakeQueue(OperatorRuntime runtime) => new WorkQueue<ObjectKey>(Queue, runtime);

    /// <summary>Makes the controller with a queue that others see too, for example a health check. It shuts the queue down when it stops.</summary>
    /// <param name="informers">Where its informers come from; it stays the caller's, and outlives the controller.</param>
    /// <param name="reconciler">What to do with a key.</param>
    /// <param name="queue">The queue; <see cref="Queue"/> does not count then.</param>
    /// <param name="runtime">Where to run; null for <see cref="OperatorRuntime.Default"/>.</param>
    /// <inheritdoc cref="Build(SharedInformerFactory, IReconciler{ObjectKey}, OperatorRuntime?)" path="/exception"/>
    public IController Build(SharedInformerFactory informers, IReconciler<ObjectKey> reconciler, IWorkQueue<ObjectKey> queue, OperatorRuntime? runtime)
    {
        runtime ??= OperatorRuntime.Default;
        ArgumentNullException.ThrowIfNull(informers);
        if (isBuilt)
            throw new InvalidOperationException($"Controller {Name} was built already.");

        if (sources.Count == 0)
            throw new InvalidOperationException($"Controller {Name} has nothing to do: say what it is for with For(…), or what it watches.");

        Options.Validate();
        isBuilt = true;
        var wiring = new Wiring(informers, queue, runtime);
        foreach (Action<Wiring> source in sources)
            source(wiring);

        return Controller.Create(queue, reconciler, Options with { Caches = wiring.Informers, WaitFor = [wiring.StartAndWaitAsync, .. Options.WaitFor] }, runtime);
    }

    private Primary Needed(string by) => primary
        ?? throw new InvalidOperationException($"{by} asks what controller {Name} is for: call For(…) before.");

    /// <summary>Connects informers and a queue.</summary>
    private sealed class Wiring(SharedInformerFactory factory, IWorkQueue<ObjectKey> queue, OperatorRuntime runtime)
    {
        private readonly List<IHandlerRegistration> registrations = [];
        private readonly List<ISharedInformer> informers = [];

        public IReadOnlyList<ISharedInformer> Informers => informers;

        public Func<string, string, IEnumerable<ObjectKey>>? KeysByIndex { get; set; }

        public ISharedInformer<T> Listen<T>(ResourceType<T> type, Func<T, IEnumerable<ObjectKey>> keys, SourceOptions<T>? given)
            where T : class
        {
            SourceOptions<T> options = given ?? new SourceOptions<T>();
            ISharedInformer<T> informer = factory.For(type, options.Informer);
            registrations.Add(informer.AddHandler(new SourceHandler<T>(type, keys, options, queue, runtime.Time), options.Handler));
            informers.Add(informer);
            return informer;
        }

        /// <summary>Until every key of the initial lists is in the queue.</summary>
        public Task StartAndWaitAsync(CancellationToken cancellationToken)
        {
            factory.Start();
            return Task.WhenAll(registrations.Select(one => one.WaitForSyncAsync(cancellationToken)));
        }
    }
}
