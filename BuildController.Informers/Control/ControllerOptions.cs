namespace BuildController.Informers.Control;

/// <summary>How a controller runs.</summary>
public sealed record ControllerOptions
{
    /// <summary>What logs and metrics call the controller.</summary>
    public required string Name { get; init; }

    /// <summary>How many keys are reconciled at once. The default is 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>
    /// What the first reconciliation waits for, usually that caches have synced; all are waited for at once. A function that throws
    /// fails the controller. The default is nothing.
    /// </summary>
    public IReadOnlyList<Func<CancellationToken, Task>> WaitFor { get; init; } = [];

    /// <summary>The longest wait for <see cref="WaitFor"/>. The default is 2 minutes; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</summary>
    public TimeSpan WaitForTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The most that one reconciliation may take; then its token is cancelled, and the key is retried as after a failure.
    /// The default is <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan ReconcileTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How many failures of a key in a row are retried when the queue's rate limiter says; each further one is retried after
    /// <see cref="SlowRetryInterval"/>, for as long as it fails. The default is null: the rate limiter always decides.
    /// </summary>
    public int? FastRetries { get; init; }

    /// <summary>The time between the retries of a key that has used up its <see cref="FastRetries"/>. The default is 1 minute.</summary>
    public TimeSpan SlowRetryInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long reconciliations that run when the controller stops may go on before their token is cancelled. The default is 15 seconds,
    /// half of what hosts and pods usually have; zero cancels them at once.
    /// </summary>
    public TimeSpan StopGracePeriod { get; init; } = TimeSpan.FromSeconds(15);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentNullException.ThrowIfNull(WaitFor);
        ThrowIfNotATimeout(WaitForTimeout, nameof(WaitForTimeout));
        ThrowIfNotATimeout(ReconcileTimeout, nameof(ReconcileTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(FastRetries ?? 0, nameof(FastRetries));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SlowRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(StopGracePeriod, TimeSpan.Zero);
    }

    private static void ThrowIfNotATimeout(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
    }
}
