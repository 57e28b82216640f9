using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BuildController.Informers.Api;

/// <summary>Reads one JSON value with a cursor that stands before it, and leaves the cursor behind it.</summary>
/// <typeparam name="T">What is read.</typeparam>
/// <param name="json">The cursor.</param>
public delegate T JsonRead<out T>(ref JsonCursor json);

/// <summary>
/// Walks over the UTF-8 JSON of one object, forward only and without a copy: what codecs written by hand are made of. It is
/// faster than a serializer because it makes nothing that nobody asked for, and because it passes over what is not wanted 64
/// bytes at a time.
/// </summary>
/// <remarks>
/// The pattern for an object is <c>if (json.BeginObject()) while (json.NextMember()) if (json.Is("name"u8)) name = json.ReadText(); else json.Skip();</c>
/// with exactly one Read, Begin or Skip for each member. A <c>null</c> reads as what is absent: a Read returns null, a Begin false.
/// A value of another kind than asked for throws a <see cref="JsonException"/> that names the member.
/// Of what is skipped only strings and brackets are looked at: what stands in between may be anything. Members that come
/// twice come twice: take the last.
/// </remarks>
public ref struct JsonCursor
{
    /// <summary>What ends a run of plain characters in a string: the quote, an escape, or what must not be there.</summary>
    private static readonly SearchValues<byte> EndOfPlain =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(static control => (byte)control)]);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> json;
    private int at;

    /// <summary>Whether the last thing read was an opening bracket: then no comma comes before the next.</summary>
    private bool isAtStart;

    private ReadOnlySpan<byte> name;

    /// <summary>Stands before the first byte.</summary>
    /// <param name="utf8Json">The JSON of one value.</param>
    public JsonCursor(ReadOnlySpan<byte> utf8Json) => json = utf8Json;

    /// <summary>The name of the member that <see cref="NextMember"/> went to last.</summary>
    public readonly ReadOnlySpan<byte> Name => name;

    /// <summary>How many bytes are behind the cursor.</summary>
    internal readonly int Position => at;

    /// <summary>Whether the member is the one of that name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> member) => name.SequenceEqual(member);

    /// <summary>Goes into an object.</summary>
    /// <returns>False if there is <c>null</c> in its place.</returns>
    public bool BeginObject() => Begin((byte)'{', "an object");

    /// <summary>Goes into an array.</summary>
    /// <returns>False if there is <c>null</c> in its place.</returns>
    public bool BeginArray() => Begin((byte)'[', "an array");

    /// <summary>Goes to the next member of the object and stands before its value.</summary>
    /// <returns>False at the object's end, which is then passed.</returns>
    public bool NextMember()
    {
        if (!Next((byte)'}'))
            return false;

        if (Peek() != '"')
            throw Unexpected("the name of a member");

        name = TakeString(out bool isEscaped);
        if (isEscaped)
            name = Encoding.UTF8.GetBytes(Unescape(name));

        if (Peek() != ':')
            throw Unexpected("a colon");

        at++;
        return true;
    }

    /// <summary>Goes to the next item of the array and stands before it.</summary>
    /// <returns>False at the array's end, which is then passed.</returns>
    public bool NextItem() => Next((byte)']');

    /// <summary>Passes over a value, whatever it is.</summary>
    public void Skip()
    {
        byte first = Peek();
        if (first == '"')
        {
            TakeString(out _);
            return;
        }

        int length = first is (byte)'{' or (byte)'[' ? new JsonValueScanner().Find(json[at..]) : LengthOfLiteral();
        at += length > 0 ? length : throw Unexpected("a value");
    }

    /// <summary>Reads a string that is this object's own, such as a name.</summary>
    public string? ReadText() => TryTakeText(out ReadOnlySpan<byte> text, out bool isEscaped) ? TextOf(text, isEscaped) : null;

    /// <summary>
    /// Reads a string that many objects have, such as an image or a label: those met before come from a small pool, so that
    /// a cache holds one of each.
    /// </summary>
    public string? ReadSharedText()
    {
        if (!TryTakeText(out ReadOnlySpan<byte> text, out bool isEscaped))
            return null;

        return isEscaped || text.Length > StringPool.MaxLength ? TextOf(text, isEscaped) : StringPool.Shared.Find(text) ?? StringPool.Shared.Add(text, TextOf(text, false));
    }

    /// <summary>
    /// Reads an immutable value that many objects have, such as the environment of containers that one deployment made: if the
    /// same bytes were read lately it is the same instance, and nothing is decoded.
    /// </summary>
    /// <typeparam name="T">What is read: from the same bytes always the same.</typeparam>
    /// <param name="read">Reads the value. The delegate is part of what is looked for: give a static one.</param>
    public T ReadShared<T>(JsonRead<T> read)
        where T : class?
    {
        ArgumentNullException.ThrowIfNull(read);
        int length = Peek() is (byte)'{' or (byte)'[' ? new JsonValueScanner().Find(json[at..]) : -1;
        return length is > 0 and <= SharedValues<T>.MaxLength
            ? SharedValues<T>.Instance.FindOrRead(json.Slice(at, length), ref this, read)
            : read(ref this);
    }

    /// <summary>Reads a truth value.</summary>
    public bool? ReadBoolean()
    {
        Peek();
        ReadOnlySpan<byte> literal = TakeLiteral();
        if (literal.SequenceEqual("true"u8))
            return true;

        if (literal.SequenceEqual("false"u8))
            return false;

        return IsNull(literal) ? null : throw Unexpected("true or false", literal);
    }

    /// <summary>Reads a whole number.</summary>
    public long? ReadInt64()
    {
        Peek();
        ReadOnlySpan<byte> literal = TakeLiteral();
        bool isPadded = literal.Length > 1 && (literal[0] == '0' || literal.StartsWith("-0"u8)) && !literal.SequenceEqual("-0"u8);
        if (!isPadded && !literal.StartsWith("+"u8) && Utf8Parser.TryParse(literal, out long value, out int length) && length == literal.Length)
            return value;

        return IsNull(literal) ? null : throw Unexpected("a whole number", literal);
    }

    /// <summary>Reads a whole number of 32 bits.</summary>
    public int? ReadInt32()
    {
        int start = at;
        long? value = ReadInt64();
        return value is null or (>= int.MinValue and <= int.MaxValue)
            ? (int?)value
            : throw Unexpected("a whole number of 32 bits", json[start..at]);
    }

    /// <summary>Reads an RFC 3339 time.</summary>
    public DateTimeOffset? ReadTime()
    {
        if (!TryTakeText(out ReadOnlySpan<byte> text, out bool isEscaped))
            return null;

        return !isEscaped && Rfc3339.TryParse(text, out DateTimeOffset time) ? time : throw Unexpected("a time", text);
    }

    /// <summary>Reads an array; empty for <c>null</c>.</summary>
    /// <typeparam name="T">What its items are.</typeparam>
    /// <param name="read">Reads one item.</param>
    public IReadOnlyList<T> ReadList<T>(JsonRead<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!BeginArray() || !NextItem())
            return [];

        // Most arrays have one item, and then nothing but the array itself is allocated.
        T first = read(ref this);
        if (!NextItem())
            return [first];

        List<T> items = [first, read(ref this)];
        while (NextItem())
            items.Add(read(ref this));

        return items.ToArray();
    }

    /// <summary>Reads an array of strings that many objects have; empty for <c>null</c>.</summary>
    public IReadOnlyList<string> ReadTexts() =>
        ReadList(static (ref JsonCursor json) => json.ReadSharedText() ?? throw json.Unexpected("a string"));

    /// <summary>
    /// Reads an object whose members are strings, such as labels, into a map that takes little memory; empty for <c>null</c>.
    /// Names and short values that many objects have are held once.
    /// </summary>
    public IReadOnlyDictionary<string, string> ReadTextMap()
    {
        if (!BeginObject())
            return CompactMap.Empty;

        var entries = new CompactMap.Builder();
        while (NextMember())
        {
            string key = name.Length <= StringPool.MaxLength ? StringPool.Shared.Find(name) ?? StringPool.Shared.Add(name, TextOf(name, false)) : TextOf(name, false);
            entries.Set(key, ReadSharedText() ?? string.Empty);
        }

        return entries.ToMap();
    }

    /// <summary>Reads as <see cref="ReadTextMap"/> does; if the same bytes were read lately, it is the same instance.</summary>
    public IReadOnlyDictionary<string, string> ReadSharedTextMap() =>
        ReadShared<IReadOnlyDictionary<string, string>>(static (ref JsonCursor json) => json.ReadTextMap());

    /// <summary>Goes over bytes that are known to be one value.</summary>
    internal void Pass(int length) => at += length;

    /// <summary>Makes sure that nothing but white space follows.</summary>
    internal void End()
    {
        SkipWhiteSpace();
        if (at < json.Length)
            throw new JsonException($"Something follows the value, at byte {at.ToString(CultureInfo.InvariantCulture)}.");
    }

    private static bool IsNull(ReadOnlySpan<byte> literal) => literal.SequenceEqual("null"u8);

    /// <summary>The bytes between quotes, escaped as they are, and the cursor behind them.</summary>
    private ReadOnlySpan<byte> TakeString(out bool isEscaped)
    {
        isEscaped = false;
        int start = at + 1;
        int end = start;
        while (true)
        {
            int plain = json[end..].IndexOfAny(EndOfPlain);
            if (plain < 0)
                throw new JsonException($"A string does not end{Where()}.");

            end += plain;
            switch (json[end])
            {
                case (byte)'"':
                    at = end + 1;
                    return json[start..end];
                case (byte)'\\' when end + 1 < json.Length:
                    isEscaped = true;
                    end += 2;
                    break;
                default:
                    throw new JsonException($"A string holds a character that must be escaped{Where()}.");
            }
        }
    }

    private bool TryTakeText(out ReadOnlySpan<byte> text, out bool isEscaped)
    {
        if (Peek() == '"')
        {
            text = TakeString(out isEscaped);
            return true;
        }

        text = default;
        isEscaped = false;
        return TryTakeNull() ? false : throw Unexpected("a string");
    }

    private readonly string TextOf(ReadOnlySpan<byte> text, bool isEscaped)
    {
        if (isEscaped)
            return Unescape(text);

        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException error)
        {
            throw new JsonException($"A string is not UTF-8{Where()}.", error);
        }
    }

    /// <summary>Escapes are rare; what they may be is the framework's to know.</summary>
    private readonly string Unescape(ReadOnlySpan<byte> text)
    {
        byte[] quoted = [(byte)'"', .. text, (byte)'"'];
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.GetString()!;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new JsonException($"A string has an escape that is none{Where()}.", error);
        }
    }

    private bool Begin(byte bracket, string expected)
    {
        if (Peek() == bracket)
        {
            at++;
            isAtStart = true;
            return true;
        }

        return TryTakeNull() ? false : throw Unexpected(expected);
    }

    private bool Next(byte end)
    {
        byte next = Peek();
        bool wasAtStart = isAtStart;
        isAtStart = false;
        if (next == end)
        {
            at++;
            return false;
        }

        if (wasAtStart)
            return true;

        if (next != ',')
            throw Unexpected("a comma");

        at++;
        return true;
    }

    private bool TryTakeNull()
    {
        if (!json[at..].StartsWith("null"u8))
            return false;

        at += 4;
        return true;
    }

    private ReadOnlySpan<byte> TakeLiteral()
    {
        int length = LengthOfLiteral();
        at += length;
        return json.Slice(at - length, length);
    }

    private readonly int LengthOfLiteral()
    {
        int end = at;
        while (end < json.Length && json[end] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'z') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'E')
            end++;

        return end - at;
    }

    /// <summary>The first byte of what comes next; zero at the end.</summary>
    private byte Peek()
    {
        if ((uint)at < (uint)json.Length && json[at] > ' ')
            return json[at];

        SkipWhiteSpace();
        return at < json.Length ? json[at] : (byte)0;
    }

    private void SkipWhiteSpace()
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            at++;
    }

    private readonly JsonException Unexpected(string expected, ReadOnlySpan<byte> found = default)
    {
        ReadOnlySpan<byte> shown = found.IsEmpty ? json[Math.Min(at, json.Length)..] : found;
        string text = Encoding.UTF8.GetString(shown[..Math.Min(shown.Length, 24)]);
        return new JsonException($"Expected {expected}{Where()}, found {(text.Length == 0 ? "the end" : text)}.");
    }

    private readonly string Where() =>
        $" in '{Encoding.UTF8.GetString(name)}' at byte {at.ToString(CultureInfo.InvariantCulture)}";
}
