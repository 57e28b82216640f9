using System.Numerics;
using System.Runtime.InteropServices;
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

    private int SlotOf(ReadOnlySpan<byte> text)
    {
        ulong hash = (ulong)text.Length;
        ReadOnlySpan<byte> rest = text;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = Mix(hash, MemoryMarshal.Read<ulong>(rest));

        if (text.Length >= sizeof(ulong))
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(text[^sizeof(ulong)..])); // Overlaps, which does no harm.
        }
        else
        {
            foreach (byte value in rest)
                hash = (hash << 8) ^ value;

            hash = Mix(hash, 0);
        }

        return (int)(hash >> 32) & (slots.Length - 2);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        ulong mixed = (hash ^ value) * 0x9E3779B97F4A7C15;
        return mixed ^ BitOperations.RotateLeft(mixed, 29);
    }
}
