namespace BuildController.Informers.LeaderElection;

/// <summary>The row of failures since the last success. Written by one loop, read from any thread.</summary>
internal sealed class FailureRow
{
    private volatile State? state;

    /// <returns>Whether it is the first one of the row.</returns>
    public bool Failed(Exception error, TimeProvider time)
    {
        State? before = state;
        state = new State(error, before?.Since ?? time.GetTimestamp());
        return before is null;
    }

    /// <returns>Whether there was a row that is over now.</returns>
    public bool Succeeded()
    {
        bool hadFailed = state is not null;
        state = null;
        return hadFailed;
    }

    public (Exception? LastError, TimeSpan? For) Now(TimeProvider time) =>
        state is { } row ? (row.LastError, time.GetElapsedTime(row.Since)) : (null, null);

    private sealed record State(Exception LastError, long Since);
}
