using System.Numerics;
using System.Text;

namespace BuildController.Informers.Api;

/// <summary>
/// Strings that were read lately, found by their UTF-8 bytes: what comes again is neither decoded nor held twice. Bounded: a
/// string makes room by driving out another, which is then held twice if it comes again, no more.
/// </summary>
/// <remarks>
/// Safe for concurrent use without locks: a slot is one reference, and whoever reads it compares what it finds.
/// Two places for each hash, the newer first, keep what comes often from being driven out by what comes once.
/// </remarks>
internal sealed class StringPool(int places)
{
    /// <summary>Longer texts seldom come twice.</summary>
    public const int MaxLength = 128;

    private readonly string?[] slots = new string?[2 * (int)BitOperations.RoundUpToPowerOf2((uint)places)];

    public static StringPool Shared { get; } = new(8192);

    /// <summary>The pooled string of these bytes, or null. Only plain ASCII is pooled.</summary>
    public string? Find(ReadOnlySpan<byte> text)
    {
        int slot = SlotOf(text);
        string? found = Volatile.Read(ref slots[slot]);
        if (found is not null && Ascii.Equals(text, found))
            return found;

        found = Volatile.Read(ref slots[slot + 1]);
        return found is not null && Ascii.Equals(text, found) ? found : null;
    }

    /// <summary>Adds what was not found.</summary>
    /// <returns>The value.</returns>
    public string Add(ReadOnlySpan<byte> text, string value)
    {
        if (value.Length != text.Length)
            return value; // Not ASCII: it would never be found.

        int slot = SlotOf(text);
        Volatile.Write(ref slots[slot + 1], Volatile.Read(ref slots[slot]));
        Volatile.Write(ref slots[slot], value);
        return value;
    }

    private int SlotOf(ReadOnlySpan<byte> text) => (int)(ByteHash.Of(text) >> 32) & (slots.Length - 2);
}
