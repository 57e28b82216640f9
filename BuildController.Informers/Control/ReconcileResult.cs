namespace BuildController.Informers.Control;

/// <summary>How a reconciliation ended. What is thrown is a failure too. The default value is <see cref="Done"/>.</summary>
public readonly record struct ReconcileResult
{
    private ReconcileResult(TimeSpan? requeueDelay, Exception? error) => (RequeueDelay, Error) = (requeueDelay, error);

    /// <summary>All is as it should be: the key comes back with the next event.</summary>
    public static ReconcileResult Done => default;

    /// <summary>When the key comes back without an event, or null for not at all.</summary>
    public TimeSpan? RequeueDelay { get; }

    /// <summary>What failed, or null.</summary>
    public Exception? Error { get; }

    /// <summary>Whether trying again is of no use until something changes.</summary>
    public bool IsTerminal => Error is TerminalErrorException;

    /// <summary>
    /// Nothing failed, but the key is to come back after a time, zero for at once: to poll, or to see a deadline pass.
    /// An event may bring it back earlier, and does not cancel this visit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static ReconcileResult RequeueAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new ReconcileResult(delay, null);
    }

    /// <summary>It failed: the same as to throw the error. It is logged, and the key is retried with back-off for as long as it fails.</summary>
    public static ReconcileResult Failed(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new ReconcileResult(null, error);
    }

    /// <summary>It failed for good: the same as to throw a <see cref="TerminalErrorException"/>. It is logged, and the key waits for the next event.</summary>
    /// <param name="message">What is wrong and what would mend it.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public static ReconcileResult FailedForGood(string message, Exception? innerException = null) =>
        new(null, new TerminalErrorException(message, innerException));
}
