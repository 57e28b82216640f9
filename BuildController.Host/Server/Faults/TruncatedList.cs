using System.Buffers;
using System.Text.Json;
using BuildController.Informers.Testing.Faults;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BuildController.Host.Server.Faults;

/// <summary>A list that ends in the middle of an item; a compressed one in the middle of its bytes.</summary>
internal sealed class TruncatedList(HttpContext context, Fault fault, TimeProvider time) : InterceptedBody(context)
{
    private readonly ArrayBufferWriter<byte> whole = new();

    private bool IsCompressed => !StringValues.IsNullOrEmpty(Context.Response.Headers.ContentEncoding);

    /// <summary>Sends the part that the client gets: the list has been written to its end.</summary>
    public async Task EndAsync()
    {
        if (whole.WrittenCount == 0)
            return;

        // Without the length nothing but the list itself tells that something is missing.
        if (!fault.IsAbrupt)
            Context.Response.ContentLength = null;

        int end = IsCompressed ? whole.WrittenCount / 2 : EndOf(whole.WrittenSpan, fault.AfterEvents);
        await PassAsync(whole.WrittenMemory[..end], Context.RequestAborted);
        if (fault.IsAbrupt)
        {
            await Context.LetReadAsync(time);
            Context.Abort();
        }
    }

    protected override ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!IsGranted)
            return PassAsync(bytes, cancellationToken);

        whole.Write(bytes.Span);
        return ValueTask.FromResult(true);
    }

    /// <summary>The middle of an item, or of a table's row; the end of the last where there are no more.</summary>
    private static int EndOf(ReadOnlySpan<byte> list, int items)
    {
        var reader = new Utf8JsonReader(list);
        bool isAmongItems = false;
        while (reader.Read())
        {
            if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName })
            {
                isAmongItems = reader.ValueTextEquals("items"u8) || reader.ValueTextEquals("rows"u8);
            }
            else if (isAmongItems && reader is { CurrentDepth: 1, TokenType: JsonTokenType.EndArray })
            {
                return (int)reader.TokenStartIndex;
            }
            else if (isAmongItems && reader is { CurrentDepth: 2, TokenType: JsonTokenType.StartObject } && items-- == 0)
            {
                long start = reader.TokenStartIndex;
                reader.Skip();
                return (int)((start + reader.BytesConsumed) / 2);
            }
        }

        return list.Length / 2;
    }
}
