namespace BuildController.Informers.Control;

/// <summary>How a reconciliation that did not fail ended. A failure is an exception. The default value is <see cref="Done"/>.</summary>
public readonly record struct ReconcileResult
{
    private ReconcileResult(TimeSpan requeueDelay) => RequeueDelay = requeueDelay;

    /// <summary>All is as it should be: the key comes back with the next event.</summary>
    public static ReconcileResult Done => default;

    /// <summary>When the key comes back without an event, or null for not at all.</summary>
    public TimeSpan? RequeueDelay { get; }

    /// <summary>
    /// Nothing failed, but the key is to come back after a time, zero for at once: to poll, or to see a deadline pass.
    /// An event may bring it back earlier, and does not cancel this visit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static ReconcileResult RequeueAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new ReconcileResult(delay);
    }
}
