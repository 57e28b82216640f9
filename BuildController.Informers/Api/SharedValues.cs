namespace BuildController.Informers.Api;

/// <summary>
/// Immutable values that were read lately, found by the bytes and the function they were read by: what comes again, byte for byte, is
/// neither decoded nor held twice. Bounded, and safe for concurrent use without locks.
/// </summary>
/// <remarks>
/// A value gets in when it comes the second time: what comes once, the most of what comes, costs no copy of its bytes.
/// </remarks>
internal sealed class SharedValues<T>
    where T : class?
{
    /// <summary>What is longer is hardly ever the same in two objects.</summary>
    public const int MaxLength = 2048;

    private const int Places = 2048;
    private const int Marks = 4 * Places;

    private readonly Entry?[] entries = new Entry?[Places];
    private readonly uint[] marks = new uint[Marks];

    public static SharedValues<T> Instance { get; } = new();

    /// <summary>The value read from these bytes before, or the one that the bytes are read to now.</summary>
    public T FindOrRead(ReadOnlySpan<byte> json, ref JsonCursor cursor, JsonRead<T> read)
    {
        ulong hash = ByteHash.Of(json);
        ref Entry? entry = ref entries[(int)(hash >> 32) & (Places - 1)];
        if (Volatile.Read(ref entry) is { } found && found.Read == read && found.Json.AsSpan().SequenceEqual(json))
        {
            cursor.Pass(json.Length);
            return found.Value;
        }

        T value = read(ref cursor);
        ref uint mark = ref marks[(int)(hash >> 32) & (Marks - 1)];
        if (mark == (uint)hash)
            Volatile.Write(ref entry, new Entry(json.ToArray(), read, value));
        else
            mark = (uint)hash;

        return value;
    }

    private sealed record Entry(byte[] Json, JsonRead<T> Read, T Value);
}
