using BuildController.Informers.Cache;
using BuildController.Informers.Testing;

namespace BuildController.Tests.Informers.Cache;

/// <summary>A virtual world with a scripted server, a factory on it and one informer that records.</summary>
internal sealed class CacheScene
{
    public CacheScene(InformerOptions<Widget>? options = null, CapturingLoggerFactory? loggers = null, ReflectorOptions? reflector = null)
    {
        // Scripted watches send no bookmarks by themselves.
        reflector ??= new ReflectorOptions { WatchIdleTimeout = Timeout.InfiniteTimeSpan };
        World = new VirtualWorld(loggers: loggers);
        Server = new ScriptedServer { Time = World.Time };
        Factory = new SharedInformerFactory(Server, new SharedInformerFactoryOptions { Reflector = reflector }, World.Runtime);
        Informer = Factory.For(Widget.Resource, options);
        Registration = Informer.AddHandler(Handler);
    }

    public VirtualWorld World { get; }

    public ScriptedServer Server { get; }

    public SharedInformerFactory Factory { get; }

    public ISharedInformer<Widget> Informer { get; }

    public RecordingHandler Handler { get; } = new();

    public IHandlerRegistration Registration { get; }

    public IEnumerable<string> Stored => Informer.Indexer.List().Select(widget => widget.ToString()).Order(StringComparer.Ordinal);

    public CacheScene Start()
    {
        Factory.Start();
        World.RunUntilIdle();
        return this;
    }

    public void Stop() => World.Run(async () => await Factory.DisposeAsync());
}
