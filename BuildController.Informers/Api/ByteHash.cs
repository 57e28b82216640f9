using System.Numerics;
using System.Runtime.InteropServices;

namespace BuildController.Informers.Api;

/// <summary>A quick hash of bytes, for tables in which a collision costs a comparison and nothing else.</summary>
internal static class ByteHash
{
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        if (bytes.Length < sizeof(ulong))
        {
            foreach (byte value in bytes)
                hash = (hash << 8) ^ value;

            return Mix(hash, 0);
        }

        for (ReadOnlySpan<byte> rest = bytes; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = Mix(hash, MemoryMarshal.Read<ulong>(rest));

        // The end overlaps what was taken before, which does no harm.
        return Mix(hash, MemoryMarshal.Read<ulong>(bytes[^sizeof(ulong)..]));
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        ulong mixed = (hash ^ value) * 0x9E3779B97F4A7C15;
        return mixed ^ BitOperations.RotateLeft(mixed, 29);
    }
}
