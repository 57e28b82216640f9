namespace BuildController.Informers.Testing.Faults;

/// <summary>What can go wrong between a client and its server. Each is something that real ones do.</summary>
public enum FaultKind
{
    /// <summary>The answer comes late, by <see cref="Fault.Time"/>.</summary>
    Slow,

    /// <summary>409: a write of an object that somebody else has changed, they say. Nothing is applied.</summary>
    Conflict,

    /// <summary>429, with a Retry-After of <see cref="Fault.Time"/>. Nothing is applied.</summary>
    TooManyRequests,

    /// <summary>500. Nothing is applied.</summary>
    InternalError,

    /// <summary>503. Nothing is applied.</summary>
    Unavailable,

    /// <summary>The connection is reset before the server has read the request. Nothing is applied.</summary>
    Reset,

    /// <summary>The request is carried out, and the connection lost before its answer has come.</summary>
    AnswerLost,

    /// <summary>
    /// The answer to a list ends in the middle of an item, after <see cref="Fault.AfterEvents"/> whole ones, or before its end where it has no
    /// more; see <see cref="Fault.IsAbrupt"/>.
    /// </summary>
    ListTruncated,

    /// <summary>A watch is closed by the server in good order, after <see cref="Fault.AfterEvents"/> events.</summary>
    WatchClosed,

    /// <summary>A watch's connection is reset after <see cref="Fault.AfterEvents"/> events.</summary>
    WatchReset,

    /// <summary>A watch stays open and says nothing any more, after <see cref="Fault.AfterEvents"/> events: the other end is gone, and nobody has noticed.</summary>
    WatchHalfOpen,

    /// <summary>From <see cref="Fault.AfterEvents"/> on each event of a watch comes late, by <see cref="Fault.Time"/>.</summary>
    WatchDelayed,

    /// <summary>One event of a watch comes twice, the one after <see cref="Fault.AfterEvents"/> others.</summary>
    WatchDuplicated,

    /// <summary>A watch ends in the middle of a line, after <see cref="Fault.AfterEvents"/> events; see <see cref="Fault.IsAbrupt"/>.</summary>
    WatchTruncated,

    /// <summary>A watch sends bytes that are no event, after <see cref="Fault.AfterEvents"/> events.</summary>
    WatchGarbage,

    /// <summary>A watch says 410 in its stream, after <see cref="Fault.AfterEvents"/> events.</summary>
    WatchExpired,

    /// <summary>Before the request is served the server forgets its past, as after a compaction: older watches and pages are expired.</summary>
    Compaction,

    /// <summary>The server restarts before the request is served, whose connection is lost with all others, and is away for <see cref="Fault.Time"/>; it remembers what watches may catch up on.</summary>
    Restart,

    /// <summary>The same, and it has forgotten: watches must list again.</summary>
    RestartEmpty,

    /// <summary>The client's process dies before the request is sent. Only a simulation can do this; elsewhere it is a reset.</summary>
    CrashBefore,

    /// <summary>The client's process dies after the request has been carried out and before it hears of it. Only a simulation can do this; elsewhere the answer is lost.</summary>
    CrashAfter,

    /// <summary>The client's process stands still for <see cref="Fault.Time"/> before the request is sent, and its timers with it. Only a simulation can do this; elsewhere the answer is slow.</summary>
    Pause,
}
