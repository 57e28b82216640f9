namespace BuildController.Informers.Events;

/// <summary>Lets one log line of a kind through in so much time, and counts what it stands for. Safe for concurrent use.</summary>
internal sealed class LogThrottle(TimeProvider time, TimeSpan interval)
{
    private readonly Lock gate = new();
    private long? passedAt;
    private long untold;

    /// <summary>Counts one; true if it may be logged now.</summary>
    /// <param name="count">How many the line stands for, this one among them.</param>
    public bool TryPass(out long count)
    {
        lock (gate)
        {
            untold++;
            count = untold;
            if (passedAt is { } at && time.GetElapsedTime(at) < interval)
                return false;

            passedAt = time.GetTimestamp();
            untold = 0;
            return true;
        }
    }

    /// <summary>How many no line has told of, and tells of them no more.</summary>
    public long TakeUntold()
    {
        lock (gate)
        {
            long taken = untold;
            untold = 0;
            return taken;
        }
    }
}
