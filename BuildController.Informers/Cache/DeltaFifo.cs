using System.Threading.Channels;

namespace BuildController.Informers.Cache;

/// <summary>
/// Between what reads the server and what applies it: every delta in the order of its arrival, across keys, none merged.
/// It holds a bounded number of deltas; when the consumer falls behind, the writer waits and with it, through the
/// connection, the server: memory stays flat.
/// </summary>
internal sealed class DeltaFifo<T>
    where T : class
{
    public const int Capacity = 1024;

    private readonly Channel<Delta<T>> channel = Channel.CreateBounded<Delta<T>>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>How many deltas wait.</summary>
    public int Count => channel.Reader.Count;

    public ValueTask AddAsync(Delta<T> delta, CancellationToken cancellationToken) => channel.Writer.WriteAsync(delta, cancellationToken);

    /// <summary>Waits until there is something to pop.</summary>
    /// <returns>False when the queue was closed and everything in it was popped.</returns>
    public ValueTask<bool> WaitAsync() => channel.Reader.WaitToReadAsync();

    /// <summary>Moves what is there to the end of a batch, to be applied in one go. One consumer only.</summary>
    public void PopBatch(List<Delta<T>> batch)
    {
        while (batch.Count < Capacity && channel.Reader.TryRead(out Delta<T> delta))
            batch.Add(delta);
    }

    /// <summary>Takes nothing more and wakes the consumer.</summary>
    public void Close() => channel.Writer.TryComplete();
}
