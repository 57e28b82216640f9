using System.Numerics;
using System.Runtime.InteropServices;
using BuildController.Informers.Api;

namespace BuildController.Informers.Cache;

/// <summary>
/// Hashes that are the same in every process. The framework's string hash is seeded per process, and the order of a
/// listing would be too: then a seeded simulation could not be repeated.
/// </summary>
internal static class StableHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static uint Of(string text) => Fold(Add(Multiplier, text));

    public static uint Of(ObjectKey key) => Fold(Add(Add(Multiplier, key.Namespace), key.Name));

    private static ulong Add(ulong hash, string text)
    {
        ReadOnlySpan<char> rest = text;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<char, ulong>(rest);
        foreach (ulong word in words)
            hash = (BitOperations.RotateLeft(hash, 27) ^ word) * Multiplier;

        foreach (char last in rest[(words.Length * 4)..])
            hash = (BitOperations.RotateLeft(hash, 27) ^ last) * Multiplier;

        return (hash ^ (uint)text.Length) * Multiplier;
    }

    private static uint Fold(ulong hash)
    {
        hash = (hash ^ (hash >> 32)) * Multiplier;
        return (uint)(hash >> 32);
    }
}
