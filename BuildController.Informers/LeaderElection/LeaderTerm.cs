using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.LeaderElection;

/// <summary>
/// One term of this process: for how long it may lead, and who takes part. It ends in one of two ways. It is lost: then nothing may be
/// written any more, from that moment on. Or it is given up: then it goes on until all who take part have left. Safe for concurrent use.
/// </summary>
#pragma warning disable CA1001 // Its token sources live as long as somebody has their tokens, and hold nothing.
internal sealed partial class LeaderTerm
#pragma warning restore CA1001
{
    private readonly TimeProvider time;
    private readonly TimeSpan renewDeadline;
    private readonly ILogger logger;
    private readonly Lock gate = new();

    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource lost = new();
    private readonly TaskCompletionSource<bool> left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer deadline;
    private volatile Moment renewed;
    private volatile bool isLost;
    private bool isEnded;
    private int participants;

    /// <summary>Begins a term.</summary>
    /// <param name="token">Which term it is.</param>
    /// <param name="acquired">The moment before the write was sent that got the lease.</param>
    /// <param name="renewDeadline">How long after a successful renewal was sent it ends.</param>
    /// <param name="runtime">Clock.</param>
    /// <param name="logger">Where to say that a callback threw.</param>
    public LeaderTerm(FencingToken token, Moment acquired, TimeSpan renewDeadline, OperatorRuntime runtime, ILogger logger)
    {
        Token = token;
        renewed = acquired;
        this.renewDeadline = renewDeadline;
        this.logger = logger;
        time = runtime.Time;
        deadline = time.CreateTimer(static term => ((LeaderTerm)term!).EndIfOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        SetDeadline();
    }

    public FencingToken Token { get; }

    /// <summary>Cancelled when the term is lost or given up.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Cancelled when the term is lost, or was given up and all have left: there is nothing to renew any more.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Completes when the term has ended and all have left: true; or when they are left behind: false.</summary>
    public Task<bool> Left => left.Task;

    /// <summary>Whether this process leads. It asks the clocks, so that it is right also when no timer could fire.</summary>
    public bool IsValid => !isLost && !IsOverdue;

    public TimeSpan SinceRenewal => renewed.Elapsed(time);

    public int Participants
    {
        get
        {
            lock (gate)
                return participants;
        }
    }

    /// <summary>Whether the last renewal is too long ago, by either clock.</summary>
    public bool IsOverdue => renewed.Elapsed(time) >= renewDeadline;

    /// <returns>Null if the term has ended.</returns>
    public ILeaderTerm? TryJoin()
    {
        lock (gate)
        {
            if (isEnded || !IsValid)
                return null;

            participants++;
            return new Participation(this);
        }
    }

    /// <summary>Prolongs the term, unless it was lost before the answer came: a term that nobody could count on is not brought back.</summary>
    /// <param name="sent">The moment before the renewal was sent.</param>
    public void Renew(Moment sent)
    {
        lock (gate)
        {
            if (IsValid)
            {
                renewed = sent;
                SetDeadline();
                return;
            }
        }

        Lose();
    }

    /// <summary>Ends the term at once: this process leads no more, what it writes is cut off, and all who take part are told.</summary>
    public void Lose() => End(isLoss: true, isAbandoned: false);

    /// <summary>Ends the term for those who take part. This process leads until they have left.</summary>
    public void GiveUp() => End(isLoss: false, isAbandoned: false);

    /// <summary>Ends the term and waits for nobody: who has not left by now is left behind, and leads no more.</summary>
    public void Abandon() => End(isLoss: true, isAbandoned: true);

    private void Leave()
    {
        bool isLast;
        lock (gate)
            isLast = --participants == 0 && isEnded;

        if (isLast)
            GiveUp();
    }

    private void End(bool isLoss, bool isAbandoned)
    {
        bool hasLeft;
        bool isOver;
        lock (gate)
        {
            isEnded = true;
            hasLeft = participants == 0;
            isOver = isLost = isLost || isLoss || hasLeft;
            if (isOver)
                deadline.Dispose();
        }

        // Writes are cut off first, then work is told.
        if (isOver)
            Cancel(lost);

        Cancel(ended);
        if (hasLeft || isAbandoned)
            left.TrySetResult(hasLeft);
    }

    private void EndIfOverdue()
    {
        lock (gate)
        {
            if (isLost)
                return;

            if (!IsOverdue)
            {
                SetDeadline();
                return;
            }
        }

        Lose();
    }

    /// <summary>At least a millisecond: a timer that is a little early would otherwise be set for now, again and again.</summary>
    private void SetDeadline()
    {
        TimeSpan remaining = renewDeadline - renewed.Elapsed(time);
        TimeSpan least = TimeSpan.FromMilliseconds(1);
        deadline.Change(remaining > least ? remaining : least, Timeout.InfiniteTimeSpan);
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException error)
        {
            // Thrown by what others registered on the token. It must not keep the rest from being told.
            LogCallbackFailed(logger, Token, error);
        }
    }

    [LoggerMessage(4030, LogLevel.Error, "A callback on a cancellation token of term {Term} threw.", EventName = "LeaderTermCallbackFailed")]
    private static partial void LogCallbackFailed(ILogger logger, FencingToken term, Exception error);

    /// <summary>Leaves the term once, however often it is disposed.</summary>
    private sealed class Participation(LeaderTerm term) : ILeaderTerm
    {
        private int disposed;

        public FencingToken Token => term.Token;

        public CancellationToken Ended => term.Ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
                term.Leave();
        }
    }
}
