using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing.Cluster;

namespace BuildController.Informers.Testing;

/// <summary>
/// An open watch of an <see cref="InMemoryCluster"/>. It is enumerated once, by one reader, and ends without an exception when its
/// time is over, when it is disposed, or when its reader has fallen further behind than the history goes. Disposing is safe at
/// any time and more than once.
/// </summary>
public sealed class ClusterWatch : IAsyncEnumerable<StoredEvent>, IDisposable
{
    private const int BatchSize = 256;

    private readonly ClusterState state;
    private readonly ResourceStore store;
    private readonly ObjectFilter filter;
    private readonly bool wantsBookmarks;
    private readonly bool endsInitialEvents;
    private readonly ITimer? bookmarkTimer;
    private readonly ITimer timeoutTimer;
    private readonly StoredEvent? refusal;
    private readonly long startVersion;
    private IEnumerable<StoredObject>? initial;
    private long position;
    private TaskCompletionSource? waiter;
    private bool bookmarkIsDue;
    private bool isOver;
    private bool isCutOff;
    private bool isEnding;
    private bool isDisposed;
    private int enumerations;

    /// <summary>Registers the watch. The caller holds the cluster's lock.</summary>
    internal ClusterWatch(ClusterState state, ResourceStore store, ObjectFilter filter, long from, WatchOptions options)
    {
        this.state = state;
        this.store = store;
        this.filter = filter;
        wantsBookmarks = options.AllowBookmarks;
        endsInitialEvents = options.SendInitialEvents && options.AllowBookmarks;
        startVersion = state.Version;
        if (from == 0 || options.SendInitialEvents)
        {
            initial = store.Select(filter);
            position = store.Log.End;
        }
        else if (from < store.Log.Floor)
        {
            refusal = Failure(ServerErrors.TooOld(from, store.Log.Floor));
        }
        else
        {
            position = store.Log.After(from);
        }

        TimeProvider time = state.Runtime.Time;
        TimeSpan interval = state.Options.BookmarkInterval;
        bookmarkTimer = wantsBookmarks ? time.CreateTimer(static watch => ((ClusterWatch)watch!).Signal(isEnd: false), this, interval, interval) : null;
        TimeSpan timeout = options.Timeout is { Ticks: > 0 } asked ? asked : state.Options.MinWatchTimeout * (1 + state.Runtime.NextDouble());
        timeoutTimer = time.CreateTimer(static watch => ((ClusterWatch)watch!).Signal(isEnd: true), this, timeout, Timeout.InfiniteTimeSpan);
        store.Add(this);
    }

    private enum Next
    {
        Go,
        Wait,
        End,
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The watch is enumerated a second time.</exception>
    public IAsyncEnumerator<StoredEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Increment(ref enumerations) == 1
            ? ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None)
            : throw new InvalidOperationException("A watch can be enumerated once.");

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (state.Gate)
        {
            isDisposed = true;
            store.Remove(this);
            Wake();
        }

        bookmarkTimer?.Dispose();
        timeoutTimer.Dispose();
    }

    /// <summary>Lets the reader look again. The caller holds the cluster's lock.</summary>
    internal void Wake()
    {
        waiter?.TrySetResult();
        waiter = null;
    }

    /// <summary>Cuts the watch off, with what it has not read yet. The caller holds the cluster's lock.</summary>
    internal void CutOff()
    {
        isCutOff = true;
        Wake();
    }

    /// <summary>Ends the watch when it has told what there is to tell. The caller holds the cluster's lock.</summary>
    internal void End()
    {
        isEnding = true;
        Wake();
    }

    private static StoredEvent Failure(ApiException error) =>
        new(WatchEventType.Error, StatusJson.Write(error.Status), string.Empty);

    private async IAsyncEnumerable<StoredEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration cancelled = cancellationToken.Register(static watch => ((ClusterWatch)watch!).WakeOutside(), this);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (refusal is { } refused)
            {
                yield return refused;
                yield break;
            }

            foreach (StoredEvent present in InitialEvents())
                yield return present;

            var batch = new List<StoredEvent>();
            while (true)
            {
                batch.Clear();
                (Next next, Task wait) = Take(batch);
                foreach (StoredEvent item in batch)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return item;
                }

                if (next == Next.End)
                    yield break;

                if (next == Next.Wait)
                    await wait;

                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Dispose();
        }
    }

    private IEnumerable<StoredEvent> InitialEvents()
    {
        if (initial is null)
            yield break;

        foreach (StoredObject value in initial)
            yield return new StoredEvent(WatchEventType.Added, value.BytesAs(filter.Type), value.Metadata.ResourceVersion!);

        initial = null;
        if (endsInitialEvents)
            yield return Bookmark(startVersion, endsInitial: true);
    }

    /// <summary>Takes what there is to read, or says what to wait for.</summary>
    private (Next Next, Task Wait) Take(List<StoredEvent> batch)
    {
        lock (state.Gate)
        {
            EventLog log = store.Log;
            if (isDisposed || isCutOff || position < log.Start)
                return (Next.End, Task.CompletedTask);

            for (int i = 0; i < BatchSize && position < log.End; i++)
            {
                if (log[position++].SeenThrough(filter) is { } seen)
                    batch.Add(seen);
            }

            if (position < log.End)
                return (Next.Go, Task.CompletedTask);

            if (isEnding)
                return (Next.End, Task.CompletedTask);

            if (wantsBookmarks && (bookmarkIsDue || isOver))
                batch.Add(Bookmark(state.Version, endsInitial: false));

            bookmarkIsDue = false;
            if (isOver)
                return (Next.End, Task.CompletedTask);

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Next.Wait, waiter.Task);
        }
    }

    private StoredEvent Bookmark(long version, bool endsInitial)
    {
        string text = version.ToString(CultureInfo.InvariantCulture);
        var metadata = new JsonObject { ["resourceVersion"] = text, ["creationTimestamp"] = null };
        if (endsInitial)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };

        byte[] json = Json.Bytes(new JsonObject { ["kind"] = filter.Type.Kind, ["apiVersion"] = filter.Type.Resource.ApiVersion, ["metadata"] = metadata });
        return new StoredEvent(WatchEventType.Bookmark, json, text);
    }

    private void Signal(bool isEnd)
    {
        lock (state.Gate)
        {
            bookmarkIsDue |= !isEnd;
            isOver |= isEnd;
            Wake();
        }
    }

    private void WakeOutside()
    {
        lock (state.Gate)
            Wake();
    }
}
