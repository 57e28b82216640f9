using BuildController.Informers.Cache;
using BuildController.Informers.LeaderElection;

namespace BuildController.Informers.Control;

/// <summary>How a controller runs. A controller keeps a copy: changes come too late once it is made.</summary>
public sealed record ControllerOptions
{
    /// <summary>What logs and metrics call the controller.</summary>
    public required string Name { get; set; }

    /// <summary>How many keys are reconciled at once. The default is 1.</summary>
    public int Workers { get; set; } = 1;

    /// <summary>
    /// What the first reconciliation waits for, usually that caches have synced; all are waited for at once. A function that throws
    /// fails the controller. The default is nothing.
    /// </summary>
    public IReadOnlyList<Func<CancellationToken, Task>> WaitFor { get; set; } = [];

    /// <summary>The longest wait for <see cref="WaitFor"/>. The default is 2 minutes; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</summary>
    public TimeSpan WaitForTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The most that one reconciliation may take; then its token is cancelled, and the key is retried as after a failure.
    /// The default is <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan ReconcileTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How many failures of a key in a row are retried when the queue's rate limiter says; each further one is retried after
    /// <see cref="SlowRetryInterval"/>, for as long as it fails. The default is null: the rate limiter always decides.
    /// </summary>
    public int? FastRetries { get; set; }

    /// <summary>The time between the retries of a key that has used up its <see cref="FastRetries"/>. The default is 1 minute.</summary>
    public TimeSpan SlowRetryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a key may come in a burst. One that comes more often, as when a reconciler wakes itself up by what it
    /// writes, is put off to once in <see cref="HotLoopInterval"/> and never dropped; a warning and
    /// <see cref="Diagnostics.MetricNames.ReconcilesDeferred"/> tell. The default is 100; null for no such protection.
    /// </summary>
    public int? HotLoopBurst { get; set; } = 100;

    /// <summary>How often a key that comes too often is let through, and how fast it earns the right to a next burst. The default is 200 milliseconds.</summary>
    public TimeSpan HotLoopInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Where set, keys are reconciled only while this process leads; until then the controller is a warm standby: its caches
    /// run and its queue fills. When a term ends, what runs is cancelled at once and awaited, the keys stay, and the
    /// next term goes on with them. The default is null: the controller works at all times.
    /// </summary>
    public ILeadership? Leadership { get; set; }

    /// <summary>
    /// How long reconciliations that run when the controller stops may go on before their token is cancelled. The default is 15 seconds,
    /// half of what hosts and pods usually have; zero cancels them at once.
    /// </summary>
    public TimeSpan StopGracePeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The caches that <see cref="WaitFor"/> waits for, to be named when they do not sync.</summary>
    internal IReadOnlyList<ISharedInformer> Caches { get; init; } = [];

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentNullException.ThrowIfNull(WaitFor);
        ThrowIfNotATimeout(WaitForTimeout, nameof(WaitForTimeout));
        ThrowIfNotATimeout(ReconcileTimeout, nameof(ReconcileTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(FastRetries ?? 0, nameof(FastRetries));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SlowRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(HotLoopBurst ?? 1, 1, nameof(HotLoopBurst));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HotLoopInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(StopGracePeriod, TimeSpan.Zero);
    }

    private static void ThrowIfNotATimeout(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
    }
}
