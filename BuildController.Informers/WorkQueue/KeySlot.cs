namespace BuildController.Informers.WorkQueue;

/// <summary>Where a key is.</summary>
internal enum KeyState : byte
{
    /// <summary>Neither ready nor with a worker: it only waits for a time.</summary>
    Idle,

    /// <summary>Ready.</summary>
    Queued,

    /// <summary>With a worker.</summary>
    Processing,

    /// <summary>With a worker, and added again meanwhile.</summary>
    ProcessingAgain,
}

/// <summary>All that a queue knows of one key. Slots live in a <see cref="KeyTable{TKey}"/> and are named by their index.</summary>
internal struct KeySlot<TKey>
{
    /// <summary>No slot.</summary>
    public const int None = -1;

    public TKey Key;

    /// <summary>What fairness counts the key to; null without fairness.</summary>
    public string? Group;

    /// <summary>Why it is ready, or will be again once its worker is done.</summary>
    public WorkReasons? Reasons;

    /// <summary>Since when it is ready, or was added again, as a timestamp.</summary>
    public long ReadySince;

    /// <summary>Since when a worker has it, as a timestamp.</summary>
    public long WorkSince;

    public int Hash;

    /// <summary>Neighbours in the one list that the slot is in: of ready keys, of those with workers, or of free slots.</summary>
    public int Previous;

    /// <inheritdoc cref="Previous"/>
    public int Next;

    /// <summary>Its place in the heap of delays, or <see cref="None"/>.</summary>
    public int DelayPosition;

    /// <summary>With which priority it is ready, or will be.</summary>
    public int Priority;

    public KeyState State;

    /// <summary>Whether the time that it waits for was given by the rate limiter, which need not be asked again until then.</summary>
    public bool AwaitsRetry;
}
