using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Http;

/// <summary>Reads a watch's answer line by line. Its disposal ends a pending read, which then comes out as a clean end.</summary>
internal sealed class HttpWatchStream<T>(ApiCall call, ResourceType<T> type, Action<UndecodableObject>? undecodable) : IWatchStream<T>
    where T : class
{
    /// <summary>Most lines fit, and hundreds of idle watches cost little.</summary>
    private const int BufferSize = 16 * 1024;

    private int enumerated;

    public IAsyncEnumerator<WatchEvent<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref enumerated, 1) != 0)
            throw new InvalidOperationException("A watch stream is enumerated once: open another watch.");

        return ReadAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        call.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerator<WatchEvent<T>> ReadAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration abort = cancellationToken.UnsafeRegister(static call => ((ApiCall)call!).Dispose(), call);
        using (call)
        using (var body = new BodyReader(call, BufferSize))
        {
            while (await FindLineAsync(body, cancellationToken) is { } length)
            {
                if (IsBlank(body.Unread[..length]))
                {
                    body.Advance(length);
                    continue;
                }

                WatchEvent<T>? decoded = Decode(body.Unread[..length]);
                body.Advance(length);
                if (decoded is not { } next)
                    continue;

                // What was received before is not handed out after.
                cancellationToken.ThrowIfCancellationRequested();
                call.ThrowIfCancelled();
                if (call.IsDisposed)
                    yield break;

                yield return next;
                if (next.Type == WatchEventType.Error)
                    yield break;
            }
        }
    }

    /// <summary>Waits until the unread bytes begin with a whole line.</summary>
    /// <returns>The line's length, or null at the end of the stream.</returns>
    private async ValueTask<int?> FindLineAsync(BodyReader body, CancellationToken cancellationToken)
    {
        int searched = 0;
        try
        {
            while (true)
            {
                int newline = body.Unread[searched..].IndexOf((byte)'\n');
                if (newline >= 0)
                    return searched + newline + 1;

                searched = body.Unread.Length;
                if (!await body.FillAsync())
                    return call.IsDisposed ? null : LastLine(body);
            }
        }
        catch (OperationCanceledException) when (call.IsDisposed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            call.ThrowIfCancelled();
            return null;
        }
    }

    /// <summary>What comes after the last newline is an event if it is whole; a stream that ends within one was cut off.</summary>
    private int? LastLine(BodyReader body)
    {
        ReadOnlySpan<byte> rest = body.Unread;
        if (IsBlank(rest))
            return null;

        ReadOnlySpan<byte> value = rest.TrimStart(" \t\r"u8);
        return new JsonValueScanner().Find(value) < 0 ? throw call.Truncated() : rest.Length;
    }

    /// <returns>Null for an event that was reported as undecodable.</returns>
    private WatchEvent<T>? Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            return WatchLineDecoder.Decode(line.TrimEnd("\r\n"u8), type);
        }
        catch (Exception error) // Codecs are anyone's code, and callers catch one family.
        {
            ApiException explained = call.Malformed($"an event of {type.Kind} cannot be decoded: {error.Message}", error);
            if (undecodable is null || UndecodableObject.FindInEvent(line.ToArray(), explained) is not { } found)
                throw explained;

            undecodable(found);
            return null;
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r\n"u8).IsEmpty;
}
