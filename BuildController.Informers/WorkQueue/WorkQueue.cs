using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;

namespace BuildController.Informers.WorkQueue;

/// <summary>
/// The work queue: deduplicating, delaying, rate limited, with priorities and fairness, in memory. Its contract is
/// <see cref="IWorkQueue{TKey}"/>'s.
/// </summary>
/// <remarks>
/// It starts no task and holds one timer, which runs only while a key waits for a time. Delays are measured by the
/// monotonic timestamps of the runtime's clock, so a wall clock that is set does not move them; they end on the
/// millisecond at or after the time asked for.
/// </remarks>
/// <typeparam name="TKey">What names a piece of work: small, immutable and comparable.</typeparam>
public sealed partial class WorkQueue<TKey> : IWorkQueue<TKey>, IQueueGauges
    where TKey : notnull
{
    // How a key cannot be lost, nor be handed out twice:
    // - One slot says where each key is, and one lock guards the slots, the ready keys and the delays. A key is in `ready` if
    //   and only if its slot says Queued. client-go's dirty set is the keys that are Queued or ProcessingAgain.
    // - Who asks for a key takes it under that lock. Only who finds none waits, and waiting is the channel's business: it
    //   carries wake-up calls, one for each key that becomes ready while somebody waits who was not called yet. The channel
    //   settles by itself whether a waiter gets a call or is cancelled, never both. Who is called takes under the lock, like
    //   anybody; if another was faster it waits again. Between the call and the key there is no await, and a call is no key:
    //   one that nobody hears any more leaves the key where the next finds it.
    // - After the shutdown nobody waits any more, so nobody needs a call.
    // Calls beside an own order of ready keys, because which key comes next is settled when it is taken and under the lock.
    // WaitToReadAsync would wake every waiting worker for each key; ReadAsync wakes one.
    private readonly Lock gate = new();
    private readonly KeyTable<TKey> keys;
    private readonly ReadyKeys<TKey> ready;
    private readonly DelayHeap<TKey> delays;
    private readonly Channel<WakeUp> wakeUps = Channel.CreateUnbounded<WakeUp>();
    private readonly Func<TKey, string>? groupOf;
    private readonly IRateLimiter<TKey> limiter;
    private readonly TimeProvider time;
    private readonly QueueMetrics? metrics;
    private readonly KeyValuePair<string, object?> nameTag;

    /// <summary>The keys with workers, in the order of their taking.</summary>
    private SlotList<TKey> processing = new();
    private int processingCount;

    /// <summary>How many of them were added again.</summary>
    private int againCount;

    /// <summary>How many wait for a key, and how many calls to them are under way.</summary>
    private int waiting;
    private int calling;
    private TaskCompletionSource<bool>? drained;
    private volatile bool shuttingDown;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="runtime">The clock that its delays run on, and its metrics.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public WorkQueue(WorkQueueOptions<TKey> options, OperatorRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LowPriorityShare, 2, nameof(options.LowPriorityShare));
        Name = options.Name;
        groupOf = options.Group;
        keys = new KeyTable<TKey>(options.EqualityComparer ?? EqualityComparer<TKey>.Default);
        ready = new ReadyKeys<TKey>(keys, options.LowPriorityShare);
        delays = new DelayHeap<TKey>(keys);
        limiter = options.RateLimiter ?? RateLimiters.Default(runtime.Time, options.EqualityComparer);
        time = runtime.Time;
        origin = time.GetTimestamp();
        timer = time.CreateTimer(static queue => ((WorkQueue<TKey>)queue!).AddDueKeys(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        nameTag = new KeyValuePair<string, object?>(MetricNames.NameTag, Name);
        metrics = Name.Length > 0 ? QueueMetrics.Of(runtime.Meter) : null;
        metrics?.Observe(this);
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
    public void Add(TKey key) => AddNow(key, priority: 0, WorkReasons.Of(null));

    /// <inheritdoc/>
    public void Add(TKey key, AddOptions options)
    {
        var reasons = WorkReasons.Of(options.Causes);
        if (options.IsRateLimited)
            AddLimited(key, options.After, options.Priority, reasons);
        else if (options.After > TimeSpan.Zero)
            AddDelayed(key, options.After, options.Priority, reasons, isRetry: false);
        else
            AddNow(key, options.Priority, reasons);
    }

    /// <inheritdoc/>
    public ValueTask<WorkItem<TKey>> GetAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<WorkItem<TKey>>(cancellationToken);

        WorkItem<TKey> item;
        long now = time.GetTimestamp();
        lock (gate)
        {
            if (!TryTake(now, out item) && !shuttingDown)
            {
                waiting++;
                return WaitAndTakeAsync(cancellationToken);
            }
        }

        return ValueTask.FromResult(HandOut(item));
    }

    /// <inheritdoc/>
    public void Done(TKey key)
    {
        int hash = keys.HashOf(key);
        long started;
        int calls = 0;
        lock (gate)
        {
            int slot = keys.Find(key, hash);
            if (slot == KeySlot<TKey>.None || !Finish(slot, out started, ref calls))
                return;
        }

        Call(calls);
        if (metrics is { WantsWork: true })
            metrics.Worked(time.GetElapsedTime(started), nameTag);
    }

    /// <inheritdoc/>
    public void Dispose() => ShutDown();

    private void AddNow(TKey key, int priority, WorkReasons? reasons)
    {
        string? group = groupOf?.Invoke(key);
        int hash = keys.HashOf(key);
        int calls = 0;
        long now = time.GetTimestamp();
        lock (gate)
        {
            if (shuttingDown || !MakeReady(SlotOf(key, hash, group), priority, reasons, now, ref calls))
                return;
        }

        Call(calls);
        metrics?.Added(nameTag);
    }

    private int SlotOf(TKey key, int hash, string? group)
    {
        int slot = keys.Find(key, hash);
        if (slot == KeySlot<TKey>.None)
        {
            slot = keys.Add(key, hash);
            keys[slot].Group = group;
        }

        return slot;
    }

    /// <param name="slot">The key.</param>
    /// <param name="priority">With which priority.</param>
    /// <param name="reasons">Why.</param>
    /// <param name="now">The time, read outside the lock.</param>
    /// <param name="calls">How many are to be called, outside the lock.</param>
    /// <returns>Whether that changed something: false if the key was ready, or to be ready again, already.</returns>
    private bool MakeReady(int slot, int priority, WorkReasons? reasons, long now, ref int calls)
    {
        ref KeySlot<TKey> key = ref keys[slot];
        switch (key.State)
        {
            case KeyState.Idle:
                key.Priority = priority;
                key.Reasons = reasons;
                key.ReadySince = now;
                Enqueue(slot, ref calls);
                return true;
            case KeyState.Processing:
                key.State = KeyState.ProcessingAgain;
                key.Priority = priority;
                key.Reasons = reasons;
                key.ReadySince = now;
                againCount++;
                return true;
            case KeyState.Queued when priority > key.Priority:
                ready.Remove(slot);
                key.Priority = priority;
                ready.Add(slot);
                break;
            default:
                key.Priority = Math.Max(key.Priority, priority);
                break;
        }

        if (reasons is not null)
            key.Reasons = WorkReasons.Merge(key.Reasons, reasons);

        return false;
    }

    private void Enqueue(int slot, ref int calls)
    {
        keys[slot].State = KeyState.Queued;
        ready.Add(slot);
        if (waiting > calling)
        {
            calling++;
            calls++;
        }
    }

    /// <summary>Never continues a waiter on this stack. Refused after the shutdown, when nobody waits.</summary>
    private void Call(int calls)
    {
        for (; calls > 0; calls--)
            wakeUps.Writer.TryWrite(default);
    }

    private bool TryTake(long now, out WorkItem<TKey> item)
    {
        int slot = ready.Take();
        if (slot == KeySlot<TKey>.None)
        {
            item = default;
            return false;
        }

        ref KeySlot<TKey> key = ref keys[slot];
        key.State = KeyState.Processing;
        key.WorkSince = now;
        processing.Append(keys, slot);
        processingCount++;
        item = new WorkItem<TKey>(key.Key, key.Priority, time.GetElapsedTime(key.ReadySince, now), key.Reasons);
        key.Reasons = null;
        return true;
    }

    /// <summary>A worker is done with a key.</summary>
    /// <returns>False if no worker had it.</returns>
    private bool Finish(int slot, out long started, ref int calls)
    {
        ref KeySlot<TKey> key = ref keys[slot];
        started = key.WorkSince;
        if (key.State is not (KeyState.Processing or KeyState.ProcessingAgain))
            return false;

        processing.Remove(keys, slot);
        processingCount--;
        if (key.State == KeyState.ProcessingAgain)
        {
            againCount--;
            Enqueue(slot, ref calls);
        }
        else if (key.DelayPosition != KeySlot<TKey>.None)
        {
            key.State = KeyState.Idle;
        }
        else
        {
            keys.Remove(slot);
        }

        if (shuttingDown && IsEmpty)
            EndDrain();

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WorkItem<TKey>> WaitAndTakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            bool wasCalled = false;
            try
            {
                await wakeUps.Reader.ReadAsync(cancellationToken);
                wasCalled = true;
            }
            catch (ChannelClosedException)
            {
                // The shutdown, which is reported once nothing is left.
            }
            finally
            {
                if (!wasCalled)
                    StopWaiting();
            }

            WorkItem<TKey> item;
            long now = time.GetTimestamp();
            lock (gate)
            {
                if (wasCalled)
                {
                    waiting--;
                    calling--;
                }

                if (!TryTake(now, out item) && !shuttingDown)
                {
                    waiting++;
                    continue;
                }
            }

            return HandOut(item);
        }
    }

    private void StopWaiting()
    {
        lock (gate)
            waiting--;
    }

    /// <summary>What can be told of a key that was taken, outside the lock.</summary>
    private WorkItem<TKey> HandOut(in WorkItem<TKey> item)
    {
        if (item.IsShutDown)
            return item;

        metrics?.Taken(item.Waited, nameTag);
        return ActivityNames.Source.HasListeners() ? Trace(item) : item;
    }

    /// <summary>A call to one who waits: there may be a key.</summary>
    private readonly struct WakeUp;
}
