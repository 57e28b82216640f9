namespace BuildController.Informers.Cache;

/// <summary>
/// What happens to changes that a handler has not been told of yet, because it is slower than they come. In all three the
/// calls keep the order of the changes.
/// </summary>
public sealed record HandlerDelivery
{
    private HandlerDelivery(HandlerDeliveryKind kind, int capacity = int.MaxValue)
    {
        Kind = kind;
        Capacity = capacity;
    }

    /// <summary>
    /// They pile up, each one is told, and nobody waits for the handler: client-go's way, and the default. A handler that
    /// stays too slow costs memory without limit.
    /// </summary>
    public static HandlerDelivery Unbounded { get; } = new(HandlerDeliveryKind.Unbounded);

    /// <summary>
    /// A key waits once, at the place of its first change, and its newest state is told: memory is bounded by the number of
    /// objects. Several changes become one update from what the handler was told last to what is now; changes of an
    /// object that it was not told of yet become one add. Deletes are kept: for every object that the handler was told
    /// of it is told the deletion, and one created again under its name follows as added. Of an object that came and went before
    /// the handler was told of it, it hears nothing.
    /// </summary>
    public static HandlerDelivery CoalescedByKey { get; } = new(HandlerDeliveryKind.CoalescedByKey);

    internal HandlerDeliveryKind Kind { get; }

    internal int Capacity { get; }

    /// <summary>
    /// At most so many wait; when that many do, the informer waits for the handler, and with it the store, all other
    /// handlers and at last, through the connection, the server. Nothing is lost. For a handler that must see every
    /// change in bounded memory, on an informer that nobody else needs quickly. Removing the handler, or stopping the informer, ends the waiting.
    /// </summary>
    /// <param name="capacity">How many, at least 1. What is in the store when the handler is added does not count.</param>
    public static HandlerDelivery Bounded(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new HandlerDelivery(HandlerDeliveryKind.Bounded, capacity);
    }

    /// <summary>The name of the policy.</summary>
    public override string ToString() => Kind == HandlerDeliveryKind.Bounded ? $"{Kind}({Capacity})" : $"{Kind}";
}

internal enum HandlerDeliveryKind
{
    Unbounded,
    Bounded,
    CoalescedByKey,
}
