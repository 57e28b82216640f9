namespace BuildController.Informers.LeaderElection;

/// <summary>
/// Whether this process leads, for those whose work only the leader may do. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Work joins a term and leaves it when it has ended. When the term ends, the work hears of it by
/// <see cref="ILeaderTerm.Ended"/>; the lease is given up, and a next term of this process begins, only when all work of the term has left.
/// </remarks>
public interface ILeadership
{
    /// <summary>
    /// Whether this process leads at this very moment: it holds the lease, and renewed it so recently, by its own clock, that
    /// nobody else can have taken it. A process that was held up finds false here, also before anything has told it that its term is over.
    /// Of a term that is given up, as in a stop, it stays true until the work of the term has left.
    /// </summary>
    bool IsLeading { get; }

    /// <summary>
    /// Cancelled when <see cref="IsLeading"/> turns false, as far as timers tell: what is under way and may not go on is cut off by it.
    /// Ask <see cref="IsLeading"/> as well before anything is begun. While this process does not lead it is a token that is cancelled already.
    /// </summary>
    /// <remarks>An implementation that leaves this out cuts off nothing that is under way.</remarks>
    CancellationToken Lost => IsLeading ? CancellationToken.None : new CancellationToken(canceled: true);

    /// <summary>Waits until this process leads, and joins the term.</summary>
    /// <param name="cancellationToken">
    /// Ends the waiting, with an <see cref="OperationCanceledException"/>. Nothing else does: where election has stopped, nobody will
    /// lead, and the waiting goes on.
    /// </param>
    /// <returns>The term. Dispose it when the work has ended, on every path: the lease is kept until then.</returns>
    Task<ILeaderTerm> JoinAsync(CancellationToken cancellationToken = default);
}

/// <summary>One participation in a term of leadership. Disposing it says that its work has ended; doing so again does nothing.</summary>
public interface ILeaderTerm : IDisposable
{
    /// <summary>Which term it is.</summary>
    FencingToken Token { get; }

    /// <summary>
    /// Cancelled when the term ends, whether lost or given up: the work stops, and disposes the participation. Callbacks on it hold up
    /// the end of the term: they only signal.
    /// </summary>
    CancellationToken Ended { get; }
}
