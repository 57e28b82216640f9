using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Events;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Competes for a lease with other processes, so that one of them leads. Work that only the leader may do joins its terms
/// (<see cref="JoinAsync"/>) and writes through a fence (<see cref="LeaderFence"/>). Runs once; safe for concurrent use.
/// </summary>
/// <remarks>
/// A term begins when this process has got the lease. It is lost when it could not be renewed for <see cref="LeaderElectionOptions.RenewDeadline"/>, or
/// when another one is seen to hold the lease; it is given up by a stop. In each case the work of the term is awaited: only then
/// does the elector compete again, or give the lease up. While work is awaited in a stop the lease is renewed, so that
/// nobody else begins. Give it a clientset without a fence.
/// </remarks>
/// <example>
/// <code>
/// await using var elector = new LeaderElector(clientset, new LeaderElectionOptions { Namespace = "operators", Name = "my-operator" });
/// await elector.RunAsync(async term => await WorkAsync(clientset.WithFence(elector), term.Ended), stop);
/// </code>
/// </example>
public sealed partial class LeaderElector : ILeadership, ILeaderGauge, IAsyncDisposable
{
    private readonly LeaderElectionOptions options;
    private readonly OperatorRuntime runtime;
    private readonly IEventRecorder? events;
    private readonly ILogger logger;
    private readonly LeaseClaim claim;
    private readonly LeaderNotifier notifier;
    private readonly LeaderMetrics metrics;
    private readonly string lease;
    private readonly Lock gate = new();

    // Not disposed: a stop may be asked for at any time, also after the end. It holds nothing.
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource nextTerm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LeaderTerm? current;
    private volatile bool isStopping;
    private Task? run;

    /// <summary>Makes an elector. It asks nothing of the server before it runs.</summary>
    /// <param name="clientset">Where the lease is; without a fence.</param>
    /// <param name="options">Which lease, and how fast. Later changes of it have no effect.</param>
    /// <param name="runtime">Clock, scheduler, randomness, logs; null for <see cref="OperatorRuntime.Default"/>.</param>
    /// <param name="events">Where beginnings and ends of terms are recorded, as events about the lease; null for nowhere.</param>
    /// <exception cref="ArgumentException">The options contradict each other; the message says which and the way out.</exception>
    public LeaderElector(IClientset clientset, LeaderElectionOptions options, OperatorRuntime? runtime = null, IEventRecorder? events = null)
    {
        ArgumentNullException.ThrowIfNull(clientset);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options with { };
        this.runtime = runtime ?? OperatorRuntime.Default;
        this.events = events;

#pragma warning disable RS0030 // A seeded runtime would give two processes one identity, and both would lead.
        Identity = options.Identity ?? $"{Environment.MachineName}_{Guid.NewGuid():N}";
#pragma warning restore RS0030
        lease = new ObjectKey(options.Namespace, options.Name).ToString();
        logger = this.runtime.LoggerFactory.CreateLogger<LeaderElector>();
        claim = new LeaseClaim(clientset, this.options, Identity, this.runtime, logger);
        notifier = new LeaderNotifier(this.runtime, logger);
        metrics = LeaderMetrics.Of(this.runtime.Meter);
    }

    /// <summary>
    /// Raised when another one holds the lease than before, this process included: once for each change, in order, on the runtime's
    /// scheduler, a little later. What a handler throws is logged. A stop waits for handlers that run.
    /// </summary>
    public event Action<LeaderChange>? LeaderChanged
    {
        add => notifier.Changed += value;
        remove => notifier.Changed -= value;
    }

    /// <summary>Who this candidate is.</summary>
    public string Identity { get; }

    /// <summary>
    /// Who holds the lease, as last observed; null for nobody, and before the first look. It is for people: the holder may have vanished
    /// since, and a term of this process may be over. Decide by <see cref="IsLeading"/>.
    /// </summary>
    public string? Leader => claim.Holder;

    /// <inheritdoc/>
    public bool IsLeading => current is { IsValid: true };

    /// <inheritdoc/>
    public CancellationToken Lost => current is { IsValid: true } term ? term.Lost : new CancellationToken(canceled: true);

    /// <summary>How the elector is doing. It asks no server.</summary>
    public LeaderElectionHealth Health
    {
        get
        {
            LeaderTerm? term = current;
            (Exception? error, TimeSpan? failingFor) = failures.Now(runtime.Time);
            return new LeaderElectionHealth
            {
                IsLeading = term is { IsValid: true },
                Leader = Leader,
                Term = term?.Token,
                SinceRenewal = term?.SinceRenewal,
                Participants = term?.Participants ?? 0,
                LastError = error,
                FailingFor = failingFor,
            };
        }
    }

    /// <summary>What the health check compares with.</summary>
    internal TimeSpan LeaseDuration => options.LeaseDuration;

    string ILeaderGauge.LeaseName => options.Name;

    /// <summary>Competes for the lease, on the runtime's scheduler, until the elector is stopped. API errors never end it.</summary>
    /// <param name="cancellationToken">Stops the elector in order, as <see cref="StopAsync"/> does with a patience that has no end.</param>
    /// <returns>A task that ends, without an exception, when the elector has stopped and nothing of it runs any more.</returns>
    /// <exception cref="InvalidOperationException">The elector runs or has run already.</exception>
    public Task RunAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (run is not null)
                throw new InvalidOperationException($"The elector for lease {lease} runs or has run already: make a new one.");

            return run = runtime.Start(() => RunUntilStoppedAsync(cancellationToken));
        }
    }

    /// <summary>Competes for the lease as <see cref="RunAsync(CancellationToken)"/>, and in each term runs work, and awaits it.</summary>
    /// <param name="lead">
    /// The work, called once in each term, on the runtime's scheduler. It ends when <see cref="ILeaderTerm.Ended"/> is cancelled; a cancellation
    /// thrown then is no error. If it returns earlier, the term goes on without it. It need not dispose the term. If it throws, the
    /// elector stops, gives the lease up for others to try, and the exception ends the task that is returned here.
    /// </param>
    /// <param name="cancellationToken">Stops the elector in order.</param>
    /// <returns>A task that ends when the elector has stopped and <paramref name="lead"/> does not run any more.</returns>
    /// <exception cref="InvalidOperationException">The elector runs or has run already.</exception>
    public Task RunAsync(Func<ILeaderTerm, Task> lead, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lead);
        Task competing = RunAsync(cancellationToken);
        return runtime.Start(() => LeadEachTermAsync(competing, lead));
    }

    /// <inheritdoc/>
    public async Task<ILeaderTerm> JoinAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task next;
            lock (gate)
            {
                if (current?.TryJoin() is { } joined)
                    return joined;

                next = nextTerm.Task;
            }

            await next.OnThisScheduler().WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Stops in order: ends the term, waits until its work has left, and gives the lease up. The lease is renewed while work is awaited; giving
    /// it up takes at most <see cref="LeaderElectionOptions.RenewDeadline"/>. Never throws what the run threw.
    /// </summary>
    /// <param name="cancellationToken">
    /// The end of the patience with work that does not leave. Such work is left behind: this process leads no more, so that the fence
    /// refuses what the work still writes, and the lease is not given up but expires, so that others begin as late as can be. Without it
    /// the wait is as long as the work takes.
    /// </param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        BeginStop();
        using CancellationTokenRegistration patience = cancellationToken.UnsafeRegister(static self => ((LeaderElector)self!).current?.Abandon(), this);
        Task? running;
        lock (gate)
            running = run;

        try
        {
            await (running ?? Task.CompletedTask);
        }
        catch (Exception)
        {
            // Logged when it happened, and thrown by RunAsync's task.
        }
    }

    /// <summary>Stops, and waits for the work of the term for as long as it takes.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    private void BeginStop()
    {
        LeaderTerm? term;
        lock (gate)
        {
            if (isStopping)
                return;

            isStopping = true;
            term = current;
        }

        stopping.Cancel();
        if (term is null)
            return;

        if (term.Participants > 0)
            LogWorkAwaited(logger, term.Token, term.Participants);

        term.GiveUp();
    }
}
