using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BuildController.Informers.Api;

/// <summary>
/// Finds where one JSON value ends, in bytes that arrive in pieces, without looking at any byte twice. It only counts
/// brackets outside strings, 64 bytes at a time, so it costs a fraction of a parse; whether the value is JSON is for the
/// parser to say, which then has all of it before it.
/// </summary>
internal struct JsonValueScanner
{
    private static readonly SearchValues<byte> QuoteOrBackslash = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> AfterLiteral = SearchValues.Create(",]} \t\r\n"u8);

    private byte first;
    private int scanned;
    private int depth;
    private bool escaped;

    /// <summary>All ones inside a string, otherwise zero: what the mask of the next block is flipped by.</summary>
    private ulong inString;

    /// <summary>
    /// The length of the value that starts at the first byte, or -1 if more bytes are needed: then call again with the same
    /// bytes and more behind them, or with only those behind them after <see cref="Discard"/>. After a length it is ready for the next value.
    /// </summary>
    public int Find(ReadOnlySpan<byte> value)
    {
        if (first == 0)
        {
            if (value.IsEmpty)
                return -1;

            first = value[0];
            scanned = first == (byte)'"' ? 1 : 0;
        }

        int end = first switch
        {
            (byte)'{' or (byte)'[' => FindClosingBracket(value),
            (byte)'"' => FindClosingQuote(value),
            _ => FindEndOfLiteral(value),
        };

        if (end >= 0)
            this = default;
        else
            scanned = value.Length;

        return end;
    }

    /// <summary>Says that the bytes seen so far will not be passed again.</summary>
    public void Discard() => scanned = 0;

    private readonly int FindEndOfLiteral(ReadOnlySpan<byte> value)
    {
        int end = value[scanned..].IndexOfAny(AfterLiteral);
        return end < 0 ? -1 : scanned + end;
    }

    private int FindClosingQuote(ReadOnlySpan<byte> value)
    {
        int at = scanned;
        while (at < value.Length)
        {
            if (escaped)
            {
                escaped = false;
                at++;
                continue;
            }

            int next = value[at..].IndexOfAny(QuoteOrBackslash);
            if (next < 0)
                return -1;

            at += next + 1;
            if (value[at - 1] == (byte)'"')
                return at;

            escaped = true;
        }

        return -1;
    }

    private int FindClosingBracket(ReadOnlySpan<byte> value)
    {
        int at = scanned;
        for (; at <= value.Length - 64; at += 64)
        {
            int end = ScanBlock(ref Unsafe.Add(ref MemoryMarshal.GetReference(value), at));
            if (end >= 0)
                return at + end;
        }

        for (; at < value.Length; at++)
        {
            if (ScanByte(value[at]))
                return at + 1;
        }

        return -1;
    }

    /// <summary>Takes 64 bytes; returns how many of them belong to the value if it ends here, otherwise -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ScanBlock(ref byte block)
    {
        Vector256<byte> low = Vector256.LoadUnsafe(ref block);
        Vector256<byte> high = Vector256.LoadUnsafe(ref block, 32);
        ulong quotes = MaskOf(low, high, (byte)'"');
        ulong backslashes = MaskOf(low, high, (byte)'\\');

        if (backslashes != 0 || escaped)
            quotes &= ~EscapedIn(backslashes);

        ulong strings = PrefixXor(quotes) ^ inString;
        inString = (ulong)((long)strings >> 63);

        // The bit that tells '[' from '{' and ']' from '}' is the same: with it set, two comparisons find four brackets.
        Vector256<byte> bit = Vector256.Create((byte)0x20);
        ulong opening = MaskOf(low | bit, high | bit, (byte)'{') & ~strings;
        ulong closing = MaskOf(low | bit, high | bit, (byte)'}') & ~strings;
        int closings = BitOperations.PopCount(closing);
        if (closings < depth)
        {
            depth += BitOperations.PopCount(opening) - closings;
            return -1;
        }

        return WalkBrackets(opening, closing);
    }

    private int WalkBrackets(ulong opening, ulong closing)
    {
        for (ulong rest = opening | closing; rest != 0; rest &= rest - 1)
        {
            int at = BitOperations.TrailingZeroCount(rest);
            if ((opening >> at & 1) != 0)
                depth++;
            else if (--depth == 0)
                return at + 1;
        }

        return -1;
    }

    /// <summary>The bytes that a backslash before them makes plain text; carries over to the next block.</summary>
    private ulong EscapedIn(ulong backslashes)
    {
        ulong result = 0;
        if (escaped)
        {
            result = 1;
            backslashes &= ~1UL;
            escaped = false;
        }

        while (backslashes != 0)
        {
            int at = BitOperations.TrailingZeroCount(backslashes);
            if (at == 63)
            {
                escaped = true;
                break;
            }

            result |= 2UL << at;
            backslashes &= ~(3UL << at);
        }

        return result;
    }

    private bool ScanByte(byte value)
    {
        if (escaped)
        {
            escaped = false;
            return false;
        }

        switch (value)
        {
            case (byte)'\\':
                escaped = true;
                break;
            case (byte)'"':
                inString = ~inString;
                break;
            case (byte)'{' or (byte)'[' when inString == 0:
                depth++;
                break;
            case (byte)'}' or (byte)']' when inString == 0:
                return --depth == 0;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MaskOf(Vector256<byte> low, Vector256<byte> high, byte value)
    {
        Vector256<byte> wanted = Vector256.Create(value);
        return Vector256.Equals(low, wanted).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32);
    }

    /// <summary>Sets every bit from each opening quote up to, not including, its closing quote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PrefixXor(ulong quotes)
    {
        quotes ^= quotes << 1;
        quotes ^= quotes << 2;
        quotes ^= quotes << 4;
        quotes ^= quotes << 8;
        quotes ^= quotes << 16;
        return quotes ^ (quotes << 32);
    }
}
