namespace BuildController.Informers.LeaderElection;

/// <summary>How an elector is doing, at one moment.</summary>
public sealed record LeaderElectionHealth
{
    /// <summary>See <see cref="ILeadership.IsLeading"/>.</summary>
    public bool IsLeading { get; init; }

    /// <summary>The holder of the lease as last observed; null for nobody.</summary>
    public string? Leader { get; init; }

    /// <summary>The term that this process is in, from the moment it got the lease until all work of the term has left; null outside of terms.</summary>
    public FencingToken? Term { get; init; }

    /// <summary>How long ago the last successful renewal of that term was sent; null outside of terms.</summary>
    public TimeSpan? SinceRenewal { get; init; }

    /// <summary>How many participants have joined that term and not left it.</summary>
    public int Participants { get; init; }

    /// <summary>Why the last try to get or renew the lease failed; null if it did not. That another one holds the lease is no failure.</summary>
    public Exception? LastError { get; init; }

    /// <summary>How long tries have failed without one in between that did not; null if the last one did not.</summary>
    public TimeSpan? FailingFor { get; init; }
}
