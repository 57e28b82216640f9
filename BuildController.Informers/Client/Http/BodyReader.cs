using System.Buffers;
using System.Runtime.CompilerServices;

namespace BuildController.Informers.Client.Http;

/// <summary>
/// The unread part of a response's body, always in one piece: a buffer that grows while a value is not complete and
/// shrinks after it.
/// </summary>
/// <remarks>
/// A PipeReader would hand out segments, and a reader over several segments is much slower than one over a span. What it
/// saves, copying the rest of a value to the front now and then, costs less than a percent of the parse.
/// Used by one reader.
/// </remarks>
internal sealed class BodyReader : IDisposable
{
    /// <summary>How large a buffer gets for the sake of speed alone.</summary>
    private const int BusySize = 64 * 1024;

    private readonly ApiCall call;
    private readonly int initialSize;
    private byte[] buffer;
    private int start;
    private int end;
    private bool wasFilled;

    public BodyReader(ApiCall call, int initialSize)
    {
        this.call = call;
        this.initialSize = initialSize;
        buffer = ArrayPool<byte>.Shared.Rent(initialSize);
    }

    public ReadOnlySpan<byte> Unread => buffer.AsSpan(start, end - start);

    public void Advance(int count) => start += count;

    /// <summary>Adds what has arrived, waiting if nothing has.</summary>
    /// <returns>False at the end of the body.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync()
    {
        MakeRoom();
        int count = await call.ReadAsync(buffer.AsMemory(end));
        end += count;
        wasFilled = end == buffer.Length;
        return count > 0;
    }

    public void Dispose()
    {
        byte[] returned = buffer;
        (buffer, start, end) = ([], 0, 0);
        if (returned.Length > 0)
            ArrayPool<byte>.Shared.Return(returned);
    }

    private void MakeRoom()
    {
        int unread = end - start;
        bool isCrowded = unread > buffer.Length / 2;
        bool isBusy = wasFilled && buffer.Length < BusySize;
        bool isOversized = buffer.Length > 8 * initialSize && unread < initialSize / 2;
        if (isCrowded || isBusy || isOversized)
        {
            // Only a value that is not complete stays unread, so a crowded buffer is too small for it. One that was filled is
            // too small for what waits: each read is a call of the system, and may be a change of threads.
            byte[] other = ArrayPool<byte>.Shared.Rent(isCrowded || isBusy ? checked(buffer.Length * 2) : initialSize);
            Unread.CopyTo(other);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = other;
        }
        else if (start > 0)
        {
            Unread.CopyTo(buffer);
        }

        (start, end) = (0, unread);
    }
}
