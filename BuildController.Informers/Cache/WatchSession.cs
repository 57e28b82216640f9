using BuildController.Informers.Api;
using BuildController.Informers.Client;

namespace BuildController.Informers.Cache;

/// <summary>
/// One watch, from its opening to its disposal, with a watchdog: when nothing comes for too long it cancels what waits for
/// the server, whatever that is. Read by one reader, which disposes it on every path.
/// </summary>
/// <remarks>
/// The watchdog costs an event one store. Its timer does not run anew with each event: when it fires, it looks how long the last sign
/// is past and sleeps for the rest.
/// </remarks>
internal sealed class WatchSession<T> : IAsyncDisposable
    where T : class
{
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ending;
    private readonly ITimer watchdog;
    private readonly long start;
    private IWatchStream<T>? stream;
    private IAsyncEnumerator<WatchEvent<T>>? events;
    private long patienceTicks;
    private long lastSign;
    private bool isHeldUp;
    private bool isSilent;

    /// <param name="patience">How long to wait for a sign of the server; infinite for ever.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the watch.</param>
    public WatchSession(TimeSpan patience, TimeProvider time, CancellationToken stop)
    {
        this.time = time;
        start = lastSign = time.GetTimestamp();
        patienceTicks = patience.Ticks;
        ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        watchdog = time.CreateTimer(static session => ((WatchSession<T>)session!).Look(), this, patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the watchdog has ended it. What then fails is its doing.</summary>
    public bool IsSilent => Volatile.Read(ref isSilent);

    /// <summary>How many events came in.</summary>
    public long Received { get; private set; }

    public TimeSpan Age => time.GetElapsedTime(start);

    public WatchEvent<T> Current => events!.Current;

    public async Task OpenAsync(IResourceClient<T> client, string? @namespace, WatchOptions options)
    {
        stream = await client.WatchAsync(@namespace, options, ending.Token);
        events = stream.GetAsyncEnumerator(ending.Token);
        Sign(time.GetTimestamp());
    }

    /// <summary>Waits for the next event; false at the stream's end.</summary>
    public ValueTask<bool> MoveNextAsync() => events!.MoveNextAsync();

    /// <summary>Counts an event. Whether it is a sign too, the reader says: not everything is progress.</summary>
    public void Count() => Received++;

    /// <summary>The server has given a sign.</summary>
    /// <param name="now">The clock's timestamp.</param>
    public void Sign(long now) => Volatile.Write(ref lastSign, now);

    /// <summary>Waits with another patience from now on.</summary>
    public void Wait(TimeSpan patience)
    {
        Sign(time.GetTimestamp());
        Volatile.Write(ref patienceTicks, patience.Ticks);
        watchdog.Change(patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>While this end is the one that keeps the other waiting, silence says nothing.</summary>
    public async ValueTask WhileHeldUp(ValueTask work)
    {
        Volatile.Write(ref isHeldUp, true);
        try
        {
            await work;
        }
        finally
        {
            Sign(time.GetTimestamp());
            Volatile.Write(ref isHeldUp, false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Waits for a callback under way, which would otherwise cancel what is disposed.
        await watchdog.DisposeAsync();
        try
        {
            if (events is not null)
                await events.DisposeAsync();
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync();

            ending.Dispose();
        }
    }

    private void Look()
    {
        TimeSpan patience = TimeSpan.FromTicks(Volatile.Read(ref patienceTicks));
        if (patience == Timeout.InfiniteTimeSpan)
            return;

        TimeSpan left = patience - time.GetElapsedTime(Volatile.Read(ref lastSign));
        if (Volatile.Read(ref isHeldUp))
            left = patience;

        if (left > TimeSpan.Zero)
        {
            // Timers count in milliseconds: a fraction of one, cut off, would fire at once and again.
            watchdog.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return;
        }

        Volatile.Write(ref isSilent, true);
        ending.Cancel();
    }
}
