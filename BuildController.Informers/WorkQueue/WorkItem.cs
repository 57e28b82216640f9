using System.Diagnostics;

namespace BuildController.Informers.WorkQueue;

/// <summary>What <see cref="IWorkQueue{TKey}.GetAsync"/> hands out: a key, or word that the queue is shut down (the default value).</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public readonly struct WorkItem<TKey>
    where TKey : notnull
{
    private readonly TKey key;
    private readonly bool hasKey;
    private readonly WorkReasons? reasons;

    internal WorkItem(TKey key, int priority, TimeSpan waited, WorkReasons? reasons)
    {
        this.key = key;
        this.reasons = reasons;
        hasKey = true;
        Priority = priority;
        Waited = waited;
    }

    /// <summary>Whether the queue is shut down and nothing is left in it: the worker ends.</summary>
    public bool IsShutDown => !hasKey;

    /// <summary>The key, to be given back with <see cref="IWorkQueue{TKey}.Done"/>.</summary>
    /// <exception cref="InvalidOperationException">The queue is shut down.</exception>
    public TKey Key => hasKey ? key : throw new InvalidOperationException("The queue is shut down: there is no key.");

    /// <summary>With which priority it was ready: what a retry is added with.</summary>
    public int Priority { get; }

    /// <summary>How long it was ready, or was known to be needed again while a worker had it.</summary>
    public TimeSpan Waited { get; }

    /// <summary>
    /// Why: what was said at all the adds since it was handed out last, those of one kind and object merged. Empty if nothing
    /// was said, at most 16; see <see cref="OmittedCauses"/>.
    /// </summary>
    public IReadOnlyList<WorkCause> Causes => reasons?.Causes ?? [];

    /// <summary>How many events found no room among <see cref="Causes"/>.</summary>
    public int OmittedCauses => reasons?.Omitted ?? 0;

    /// <summary>The span of its wait, or nothing.</summary>
    internal ActivityContext Wait => reasons?.Wait ?? default;

    /// <summary>The spans in which it was added.</summary>
    internal IReadOnlyList<ActivityLink> Links => reasons?.Links ?? [];

    /// <summary>The same, after a wait that was traced.</summary>
    internal WorkItem<TKey> After(ActivityContext wait)
    {
        WorkReasons known = reasons ?? new WorkReasons();
        known.Wait = wait;
        return new WorkItem<TKey>(key, Priority, Waited, known);
    }

    /// <summary>The key's text, or <c>(shut down)</c>.</summary>
    public override string? ToString() => hasKey ? key.ToString() : "(shut down)";
}
