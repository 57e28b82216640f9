using System.Threading.Channels;

namespace BuildController.Informers.Cache;

/// <summary>Keeps every change: all of them, or so many that the writer must wait.</summary>
internal sealed class ChannelHandlerQueue<T>(int? capacity) : HandlerQueue<T>
    where T : class
{
    private readonly Channel<HandlerItem<T>> channel = capacity is { } bound
        ? Channel.CreateBounded<HandlerItem<T>>(new BoundedChannelOptions(bound) { SingleReader = true, SingleWriter = true })
        : Channel.CreateUnbounded<HandlerItem<T>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private int count;

    public override int Count => Volatile.Read(ref count);

    public override bool TryAdd(HandlerItem<T> item)
    {
        // Counted first: the reader may take it before this returns.
        Interlocked.Increment(ref count);
        if (channel.Writer.TryWrite(item))
            return true;

        Interlocked.Decrement(ref count);
        return false;
    }

    public override ValueTask<bool> WaitToAddAsync(CancellationToken cancellationToken) => channel.Writer.WaitToWriteAsync(cancellationToken);

    public override bool TryTake(out HandlerItem<T> item)
    {
        if (!channel.Reader.TryRead(out item))
            return false;

        Interlocked.Decrement(ref count);
        return true;
    }

    public override ValueTask<bool> WaitToTakeAsync(CancellationToken cancellationToken) => channel.Reader.WaitToReadAsync(cancellationToken);

    public override void Close() => channel.Writer.TryComplete();
}
