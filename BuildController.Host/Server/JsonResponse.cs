using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server;

/// <summary>Writes JSON answers: bytes that exist already are copied, large ones are compressed for clients that take it.</summary>
internal static class JsonResponse
{
    // The threshold of a real server.
    private const int CompressFrom = 128 * 1024;
    private const int FlushFrom = 64 * 1024;

    private static readonly byte[] Comma = [(byte)','];
    private static readonly byte[] ListTail = [.. "]}\n"u8];

    public static Task WriteAsync(HttpContext context, int code, ReadOnlyMemory<byte> json) => WriteAsync(context, code, [json], json.Length);

    /// <summary>Writes a list, its items as the cluster keeps them.</summary>
    public static Task WriteListAsync(HttpContext context, string apiVersion, string kind, StoredList list)
    {
        var pieces = new List<ReadOnlyMemory<byte>>((list.Items.Count * 2) + 2) { ListHead(apiVersion, kind, list.Metadata) };
        foreach (ReadOnlyMemory<byte> item in list.Items)
        {
            if (pieces.Count > 1)
                pieces.Add(Comma);

            pieces.Add(item);
        }

        pieces.Add(ListTail);
        return WriteAsync(context, StatusCodes.Status200OK, pieces, pieces.Sum(static piece => (long)piece.Length));
    }

    /// <summary>Writes a list's own metadata.</summary>
    public static void WriteMetadata(Utf8JsonWriter writer, ListMetadata metadata)
    {
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, metadata.ResourceVersion);
        writer.WriteIfSet("continue", metadata.Continue);
        if (metadata.RemainingItemCount is { } remaining)
            writer.WriteNumber("remainingItemCount"u8, remaining);

        writer.WriteEndObject();
    }

    private static byte[] ListHead(string apiVersion, string kind, ListMetadata metadata)
    {
        byte[] empty = JsonBytes.Object(writer =>
        {
            writer.WriteString("apiVersion"u8, apiVersion);
            writer.WriteString("kind"u8, kind);
            WriteMetadata(writer, metadata);
            writer.WriteStrings("items", []);
        });
        return empty[..^2];
    }

    private static async Task WriteAsync(HttpContext context, int code, IReadOnlyList<ReadOnlyMemory<byte>> pieces, long length)
    {
        HttpResponse response = context.Response;
        response.StatusCode = code;
        response.ContentType = "application/json";
        if (length < CompressFrom || !AcceptsGzip(context.Request))
        {
            response.ContentLength = length;
            await CopyAsync(pieces, response.BodyWriter, context.RequestAborted);
            return;
        }

        response.Headers.ContentEncoding = "gzip";
        response.Headers.Vary = "Accept-Encoding";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        PipeWriter output = PipeWriter.Create(gzip, new StreamPipeWriterOptions(leaveOpen: true));
        await CopyAsync(pieces, output, context.RequestAborted);
        await output.CompleteAsync();
    }

    private static async Task CopyAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, PipeWriter output, CancellationToken cancellationToken)
    {
        int unflushed = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            output.Write(piece.Span);
            unflushed += piece.Length;
            if (unflushed >= FlushFrom)
            {
                await output.FlushAsync(cancellationToken);
                unflushed = 0;
            }
        }

        await output.FlushAsync(cancellationToken);
    }

    private static bool AcceptsGzip(HttpRequest request)
    {
        foreach (string? header in request.Headers.AcceptEncoding)
        {
            foreach (string clause in (header ?? string.Empty).Split(',', StringSplitOptions.TrimEntries))
            {
                string[] parts = clause.Split(';', StringSplitOptions.TrimEntries);
                if (parts[0] is "gzip" or "*" && !parts.Contains("q=0"))
                    return true;
            }
        }

        return false;
    }
}
