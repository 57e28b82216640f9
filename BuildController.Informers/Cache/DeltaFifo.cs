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

    private readonly Channel<Delta<T>> channel;
    private readonly int source;

    public DeltaFifo()
        : this(Channel.CreateBounded<Delta<T>>(new BoundedChannelOptions(Capacity) { SingleReader = true }), 0)
    {
    }

    private DeltaFifo(Channel<Delta<T>> channel, int source)
    {
        this.channel = channel;
        this.source = source;
    }

    /// <summary>How many deltas wait. Of several writers the first answers for all, so that a sum over them counts each once.</summary>
    public int Count => source == 0 ? channel.Reader.Count : 0;

    /// <summary>The same queue as one of several writers sees it: what is added there is marked as of that source.</summary>
    public DeltaFifo<T> OfSource(int place) => new(channel, place);

    public ValueTask AddAsync(Delta<T> delta, CancellationToken cancellationToken) => channel.Writer.WriteAsync(delta with { Source = source }, cancellationToken);

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
