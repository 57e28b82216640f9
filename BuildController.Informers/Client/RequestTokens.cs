namespace BuildController.Informers.Client;

/// <summary>
/// A bucket of tokens and the line of those who wait for one: who came first is served first. Who leaves the line takes no
/// token with it, and all behind move up. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The level of the bucket is kept as the time at which it would be full again, in whole ticks: nothing is rounded over and
/// over. It starts no task, and its timer runs only while someone waits; it ends on the millisecond at or after a token. A timer
/// that is late hands out all tokens that came meanwhile, so the rate is kept.
/// </remarks>
internal sealed class RequestTokens
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly LinkedList<TaskCompletionSource> line = new();
    private readonly TimeProvider time;
    private readonly long origin;
    private readonly ITimer timer;

    /// <summary>After how many ticks a token comes.</summary>
    private readonly long interval;

    /// <summary>How far ahead the bucket may be full and still hold a token.</summary>
    private readonly long depth;

    private long fullAt;

    /// <param name="perSecond">How many tokens come each second, positive.</param>
    /// <param name="burst">How many tokens the bucket holds, and holds at first; at least 1.</param>
    /// <param name="time">The clock that tokens come with.</param>
    public RequestTokens(double perSecond, int burst, TimeProvider time)
    {
        this.time = time;
        origin = time.GetTimestamp();
        interval = (long)Math.Clamp(Math.Ceiling(TimeSpan.TicksPerSecond / perSecond), 1, TimeSpan.MaxValue.Ticks / 4);
        depth = (long)Math.Min((burst - 1.0) * interval, TimeSpan.MaxValue.Ticks / 4);
        timer = time.CreateTimer(static tokens => ((RequestTokens)tokens!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return line.Count;
        }
    }

    private long Now => time.GetElapsedTime(origin).Ticks;

    /// <summary>Takes a token, waiting for it where there is none or where others wait.</summary>
    /// <exception cref="OperationCanceledException">The caller does not want it any more; no token was taken.</exception>
    public ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);

        LinkedListNode<TaskCompletionSource> place;
        lock (gate)
        {
            if (line.Count == 0)
            {
                // What came to a full bucket while nobody waited has run over.
                fullAt = Math.Max(fullAt, Now);
                if (TryTake())
                    return ValueTask.CompletedTask;
            }

            place = line.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (line.Count == 1)
                SetTimer();
        }

        return new ValueTask(WaitAsync(place, cancellationToken));
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> place, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(_ => Leave(place, cancellationToken), null))
            await place.Value.Task;

        // The token came and the cancellation with it: what will not be used goes to the next.
        if (cancellationToken.IsCancellationRequested)
        {
            GiveBack();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Leave(LinkedListNode<TaskCompletionSource> place, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (place.List is null)
                return;

            line.Remove(place);
            if (line.Count == 0)
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        place.Value.TrySetCanceled(cancellationToken);
    }

    private void GiveBack()
    {
        lock (gate)
            fullAt -= interval;

        Serve();
    }

    private void Serve()
    {
        lock (gate)
        {
            while (line.First is { } first && TryTake())
            {
                line.RemoveFirst();
                first.Value.SetResult(); // Its continuation runs elsewhere, not under the lock.
            }

            if (line.Count > 0)
                SetTimer();
        }
    }

    private bool TryTake()
    {
        if (fullAt - depth > Now)
            return false;

        fullAt += interval;
        return true;
    }

    private void SetTimer()
    {
        TimeSpan due = TimeSpan.FromMilliseconds(Math.Ceiling(TimeSpan.FromTicks(Math.Max(0, fullAt - depth - Now)).TotalMilliseconds));
        timer.Change(due < LongestTimer ? due : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
