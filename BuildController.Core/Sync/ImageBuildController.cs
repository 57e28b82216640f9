using BuildController.Core.Diagnostics;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.WorkQueue;

namespace BuildController.Core.Sync;

/// <summary>
/// The build controller: builds the OS image of layered pools, and builds it anew when asked to. Brings its own informers,
/// queue, workers and event recorder; runs once; disposing stops it and waits for everything that it started.
/// </summary>
/// <remarks>
/// It may be killed at any moment and started again elsewhere: all that it must remember is on the pools. Two at once do
/// no harm, but double the traffic; with a leadership only the leader works, and the other stands by with its caches filled.
/// </remarks>
/// <example>
/// <code>
/// await using var controller = new ImageBuildController(clientset);
/// await controller.RunAsync(stoppingToken);
/// </code>
/// </example>
public sealed class ImageBuildController : IController
{
    /// <summary>What logs, metrics and events call the controller.</summary>
    public const string Name = "machineosbuilder-buildcontroller";

    private readonly EventRecorder events;
    private readonly IController controller;
    private readonly BuildMetrics metrics;
    private readonly Func<int> countServed;

    /// <summary>Makes a controller. It does nothing until it runs.</summary>
    /// <param name="clientset">The cluster; it stays the caller's.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <param name="runtime">Clock, scheduler, randomness and logs; null for <see cref="OperatorRuntime.Default"/>.</param>
    /// <param name="leadership">
    /// Where given, pools are worked on only while this process leads, and no other write than events leaves it while it does not; null to work at all times.
    /// </param>
    public ImageBuildController(IClientset clientset, ImageBuildOptions? options = null, OperatorRuntime? runtime = null, ILeadership? leadership = null)
    {
        ArgumentNullException.ThrowIfNull(clientset);
        options ??= new ImageBuildOptions();
        runtime ??= OperatorRuntime.Default;

        Informers = new SharedInformerFactory(clientset, runtime: runtime);

        // A pool that is refused or waits for long must not use up what the answer to the admin's next request takes.
        events = new EventRecorder(clientset, Name, new EventRecorderOptions { SpamScope = static item => item.Reason }, runtime);
        var builder = new ControllerBuilder(Name)
        {
            Options = { Workers = options.Workers, FastRetries = 5, StopGracePeriod = options.StopGracePeriod, Leadership = leadership },
        };
        IIndexer<MachineConfigPool> pools = PoolTriggers.Apply(builder, Informers, options);
        IClientset fenced = leadership is null ? clientset : clientset.WithFence(leadership, runtime);
        var queue = new WorkQueue<ObjectKey>(builder.Queue, runtime);
        Queue = queue;
        controller = builder.Build(Informers, new PoolReconciler(fenced, events, options, runtime), queue, runtime);
        metrics = BuildMetrics.Of(runtime);
        countServed = () => pools.List().Count(PoolTriggers.IsServed);
    }

    /// <summary>Its informers, for a health check: the controller starts and disposes them.</summary>
    public SharedInformerFactory Informers { get; }

    /// <summary>Its queue, for a health check.</summary>
    public IWorkQueue Queue { get; }

    /// <summary>Fills the caches, then works until cancelled.</summary>
    /// <param name="cancellationToken">Stops the controller in order: the task ends without an exception once all work has ended.</param>
    /// <exception cref="InvalidOperationException">The controller runs or has run already.</exception>
    /// <exception cref="TimeoutException">The caches did not fill within two minutes.</exception>
    public Task RunAsync(CancellationToken cancellationToken = default)
    {
        metrics.Observe(countServed);
        Informers.Start(); // Before the return: who waits for the caches next must find them started.
        return controller.RunAsync(cancellationToken);
    }

    string IController.Name => Name;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken = default) => controller.StopAsync(cancellationToken);

    /// <summary>Waits until the caches are filled.</summary>
    /// <exception cref="CacheSyncTimeoutException">Some were not filled in time; the message says which and why.</exception>
    public Task WaitForSyncAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Informers.WaitForSyncAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        metrics.Forget(countServed);
        await controller.DisposeAsync();
        await Informers.DisposeAsync();
        await events.DisposeAsync();
    }
}
