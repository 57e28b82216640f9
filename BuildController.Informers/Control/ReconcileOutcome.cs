namespace BuildController.Informers.Control;

/// <summary>How a reconciliation ended, whatever ended it.</summary>
internal enum OutcomeKind
{
    Success,
    RequeueAfter,
    Error,
    TerminalError,
    Timeout,

    /// <summary>The controller stops, or does not lead any more: nobody's fault, and not a failure of the key.</summary>
    Cancelled,
}

/// <summary>How a reconciliation ended, with what belongs to it.</summary>
internal readonly record struct ReconcileOutcome(OutcomeKind Kind, TimeSpan RequeueDelay = default, Exception? Error = null)
{
    /// <summary>As metrics and spans call it.</summary>
    public string Name => Kind switch
    {
        OutcomeKind.Success => "success",
        OutcomeKind.RequeueAfter => "requeue_after",
        OutcomeKind.Error => "error",
        OutcomeKind.TerminalError => "terminal_error",
        OutcomeKind.Timeout => "timeout",
        _ => "cancelled",
    };

    public static ReconcileOutcome Of(ReconcileResult result) => result switch
    {
        { IsTerminal: true, Error: var error } => new ReconcileOutcome(OutcomeKind.TerminalError, Error: error),
        { Error: { } error } => new ReconcileOutcome(OutcomeKind.Error, Error: error),
        { RequeueDelay: { } delay } => new ReconcileOutcome(OutcomeKind.RequeueAfter, delay),
        _ => new ReconcileOutcome(OutcomeKind.Success),
    };
}
