using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>A notification, and when its change was applied to the store.</summary>
internal readonly record struct HandlerItem<T>(Notification<T> Fact, long Applied)
    where T : class;

/// <summary>What a handler has not been told of yet. One writer and one reader, at the same time.</summary>
internal abstract class HandlerQueue<T>
    where T : class
{
    /// <summary>How many calls wait.</summary>
    public abstract int Count { get; }

    public static HandlerQueue<T> Create(HandlerDelivery delivery, ResourceType<T> type) => delivery.Kind switch
    {
        HandlerDeliveryKind.CoalescedByKey => new CoalescingHandlerQueue<T>(type),
        HandlerDeliveryKind.Bounded => new ChannelHandlerQueue<T>(delivery.Capacity),
        _ => new ChannelHandlerQueue<T>(null),
    };

    /// <returns>False when it is full or closed.</returns>
    public abstract bool TryAdd(HandlerItem<T> item);

    /// <summary>Waits until there is room.</summary>
    /// <returns>False when it was closed.</returns>
    public abstract ValueTask<bool> WaitToAddAsync(CancellationToken cancellationToken);

    /// <returns>False when there is nothing.</returns>
    public abstract bool TryTake(out HandlerItem<T> item);

    /// <summary>Waits until there is something to take.</summary>
    /// <returns>False when it was closed and is empty.</returns>
    public abstract ValueTask<bool> WaitToTakeAsync(CancellationToken cancellationToken);

    /// <summary>Takes nothing more, and ends all waiting.</summary>
    public abstract void Close();
}
