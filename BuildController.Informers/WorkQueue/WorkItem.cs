namespace BuildController.Informers.WorkQueue;

/// <summary>What <see cref="IWorkQueue{TKey}.GetAsync"/> hands out: a key, or word that the queue is shut down (the default value).</summary>
/// <typeparam name="TKey">The queue's key.</typeparam>
public readonly struct WorkItem<TKey>
    where TKey : notnull
{
    private readonly TKey key;
    private readonly bool hasKey;

    internal WorkItem(TKey key)
    {
        this.key = key;
        hasKey = true;
    }

    /// <summary>Whether the queue is shut down and nothing is left in it: the worker ends.</summary>
    public bool IsShutDown => !hasKey;

    /// <summary>The key, to be given back with <see cref="IWorkQueue{TKey}.Done"/>.</summary>
    /// <exception cref="InvalidOperationException">The queue is shut down.</exception>
    public TKey Key => hasKey ? key : throw new InvalidOperationException("The queue is shut down: there is no key.");

    /// <summary>The key's text, or <c>(shut down)</c>.</summary>
    public override string? ToString() => hasKey ? key.ToString() : "(shut down)";
}
