using System.Runtime.InteropServices;
using System.Threading.Channels;
using BuildController.Informers.Execution;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// The work queue: deduplicating, delaying and rate limited, in memory. Its contract is <see cref="IWorkQueue{TKey}"/>'s.
/// </summary>
/// <remarks>
/// It starts no task and holds one timer, which runs only while a key waits for a time. Delays are measured by the
/// monotonic timestamps of the runtime's clock, so a wall clock that is set does not move them; they end on the
/// millisecond at or after the time asked for.
/// </remarks>
/// <typeparam name="TKey">What names a piece of work: small, immutable and comparable.</typeparam>
public sealed class WorkQueue<TKey> : IWorkQueue<TKey>
    where TKey : notnull
{
    // How a key cannot be lost, nor be handed out twice:
    // - One map says where each key is, and one lock guards the map, the ready keys and the delays. A key is in `ready` if
    //   and only if the map says Queued. client-go's dirty set is the keys that are Queued or ProcessingAgain.
    // - Waiting is the channel's business. It carries permits, not keys: each key that enters `ready` writes one permit under
    //   the lock, and who has a permit may take one key, so until the shutdown a permit always finds a key. The channel
    //   settles by itself whether a waiter gets a permit or is cancelled, never both, and between the permit and the key
    //   there is no await: a cancelled Get leaves key and permit to the next.
    // - After the shutdown nobody waits any more, so nobody needs a permit.
    // Permits beside an own ready queue, because the choice of the key is then made when it is taken and under the lock: the
    // queue's order may become something better than first in, first out without any change to how workers wait.
    // WaitToReadAsync would wake every waiting worker for each key; ReadAsync wakes one.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly Dictionary<TKey, KeyState> keys;
    private readonly Queue<TKey> ready = new();
    private readonly Channel<Permit> permits = Channel.CreateUnbounded<Permit>();
    private readonly DelayHeap<TKey> delays;
    private readonly IRateLimiter<TKey> limiter;
    private readonly TimeProvider time;
    private readonly long origin;
    private readonly ITimer timer;
    private TaskCompletionSource<bool>? drained;
    private volatile bool shuttingDown;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="runtime">The clock that its delays run on.</param>
    public WorkQueue(WorkQueueOptions<TKey> options, OperatorRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(runtime);
        Name = options.Name;
        keys = new Dictionary<TKey, KeyState>(options.EqualityComparer);
        delays = new DelayHeap<TKey>(options.EqualityComparer);
        limiter = options.RateLimiter ?? RateLimiters.Default(runtime.Time, options.EqualityComparer);
        time = runtime.Time;
        origin = time.GetTimestamp();
        timer = time.CreateTimer(static queue => ((WorkQueue<TKey>)queue!).AddDueKeys(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum KeyState : byte
    {
        Queued,
        Processing,
        ProcessingAgain,
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            lock (gate)
                return ready.Count;
        }
    }

    /// <inheritdoc/>
    public bool IsShuttingDown => shuttingDown;

    /// <inheritdoc/>
    public void Add(TKey key)
    {
        lock (gate)
        {
            if (!shuttingDown)
                MakeReady(key);
        }
    }

    /// <inheritdoc/>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (gate)
        {
            if (shuttingDown)
                return;

            TimeSpan now = Now;
            TimeSpan due = delay < TimeSpan.MaxValue - now ? now + delay : TimeSpan.MaxValue;
            if (delays.Add(key, due))
                SetTimer(due - now);
        }
    }

    /// <inheritdoc/>
    public void AddRateLimited(TKey key)
    {
        // Asked outside the lock: the limiter may be the user's.
        if (!shuttingDown)
            AddAfter(key, limiter.When(key));
    }

    /// <inheritdoc/>
    public void Forget(TKey key) => limiter.Forget(key);

    /// <inheritdoc/>
    public int Retries(TKey key) => limiter.Retries(key);

    /// <inheritdoc/>
    public ValueTask<WorkItem<TKey>> GetAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<WorkItem<TKey>>(cancellationToken);

        return permits.Reader.TryRead(out _) || shuttingDown ? ValueTask.FromResult(Take()) : WaitAndTakeAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Done(TKey key)
    {
        lock (gate)
        {
            // Removed first, for the common case is that the key is at rest now: one look-up instead of two.
            if (!keys.Remove(key, out KeyState state))
                return;

            switch (state)
            {
                case KeyState.Queued:
                    keys.Add(key, KeyState.Queued); // No worker has it.
                    break;
                case KeyState.ProcessingAgain:
                    MakeReady(key);
                    break;
                case KeyState.Processing when keys.Count == 0:
                    drained?.TrySetResult(true);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void ShutDown()
    {
        lock (gate)
        {
            BeginShutDown();
            drained?.TrySetResult(false);
            drained = null;
        }
    }

    /// <inheritdoc/>
    public Task<bool> ShutDownWithDrainAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            BeginShutDown();
            if (keys.Count == 0)
                return Task.FromResult(true);

            drained ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ShutDown();

    private TimeSpan Now => time.GetElapsedTime(origin);

    private async ValueTask<WorkItem<TKey>> WaitAndTakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await permits.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The shutdown, which Take reports once nothing is left.
        }

        return Take();
    }

    private WorkItem<TKey> Take()
    {
        lock (gate)
        {
            if (!ready.TryDequeue(out TKey? key))
                return default;

            CollectionsMarshal.GetValueRefOrNullRef(keys, key) = KeyState.Processing;
            return new WorkItem<TKey>(key);
        }
    }

    private void MakeReady(TKey key)
    {
        ref KeyState state = ref CollectionsMarshal.GetValueRefOrAddDefault(keys, key, out bool known);
        if (!known)
        {
            state = KeyState.Queued;
            ready.Enqueue(key);
            permits.Writer.TryWrite(default); // Never continues a waiter on this stack; refused after the shutdown, when nobody waits.
        }
        else if (state == KeyState.Processing)
        {
            state = KeyState.ProcessingAgain;
        }
    }

    private void BeginShutDown()
    {
        if (shuttingDown)
            return;

        shuttingDown = true;
        delays.Clear();
        timer.Dispose();
        permits.Writer.Complete();
    }

    private void AddDueKeys()
    {
        lock (gate)
        {
            if (shuttingDown)
                return;

            TimeSpan now = Now;
            while (delays.TryTakeDue(now, out TKey? key))
                MakeReady(key);

            if (delays.NextDue is { } next)
                SetTimer(next - now);
        }
    }

    /// <summary>Timers cut off parts of a millisecond: rounded up, so that none fires early and spins; and they have a longest time.</summary>
    private void SetTimer(TimeSpan wait) =>
        timer.Change(wait < LongestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : LongestTimer, Timeout.InfiniteTimeSpan);

    /// <summary>Leave to take one key.</summary>
    private readonly struct Permit;
}
