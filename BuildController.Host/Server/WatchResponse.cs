using System.Buffers;
using System.IO.Pipelines;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server;

/// <summary>Streams a watch: one JSON event a line, each sent at once.</summary>
internal static class WatchResponse
{
    /// <param name="context">The request.</param>
    /// <param name="watch">The open watch.</param>
    /// <param name="shape">Shows an event's object as the client wants it.</param>
    /// <param name="stopping">Ends the stream cleanly: the server stops.</param>
    public static async Task WriteAsync(
        HttpContext context, ClusterWatch watch, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> shape, CancellationToken stopping)
    {
        context.Response.ContentType = "application/json";
        PipeWriter output = context.Response.BodyWriter;

        // The client must learn that the watch stands before anything happens.
        if ((await output.FlushAsync(context.RequestAborted)).IsCompleted)
            return;

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await foreach (StoredEvent item in watch.WithCancellation(end.Token))
            {
                Write(output, item, item.Type == WatchEventType.Error ? item.Json : shape(item.Json));
                FlushResult flushed = await output.FlushAsync(end.Token);
                if (flushed.IsCompleted)
                    return;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has gone, or the server stops: the stream ends here, between two events.
        }
    }

    private static void Write(PipeWriter output, StoredEvent item, ReadOnlyMemory<byte> json)
    {
        output.Write(item.Type switch
        {
            WatchEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            WatchEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            WatchEventType.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
            WatchEventType.Bookmark => "{\"type\":\"BOOKMARK\",\"object\":"u8,
            _ => "{\"type\":\"ERROR\",\"object\":"u8,
        });
        output.Write(json.Span);
        output.Write("}\n"u8);
    }
}
