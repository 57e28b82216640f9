using System.Buffers.Text;
using System.Globalization;

namespace BuildController.Informers.Api;

/// <summary>Times as Kubernetes writes them (meta/v1 Time): UTC, whole seconds, ending in Z.</summary>
public static class Rfc3339
{
    private const int TicksDigits = 7;

    /// <summary>A time as <c>2026-01-02T03:04:05Z</c>, what is less than a second left out.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads <c>2026-01-02T03:04:05Z</c>, with a fraction or an offset if there is one; false for anything else.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
            return false;

        uint year = (100 * Two(text, 0)) + Two(text, 2), month = Two(text, 5), day = Two(text, 8);
        uint hour = Two(text, 11), minute = Two(text, 14), second = Two(text, 17);
        if (year is 0 or > 9999 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth((int)year, (int)month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        if (!TryParseRest(text[19..], out long fraction, out TimeSpan offset))
            return false;

        long ticks = new DateTime((int)year, (int)month, (int)day, (int)hour, (int)minute, (int)second, DateTimeKind.Unspecified).Ticks + fraction;
        long utc = ticks - offset.Ticks;
        if (utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks)
            return false;

        time = new DateTimeOffset(ticks, offset);
        return true;
    }

    private static bool TryParseRest(ReadOnlySpan<byte> rest, out long fraction, out TimeSpan offset)
    {
        (fraction, offset) = (0, TimeSpan.Zero);
        if (rest[0] == '.')
        {
            int digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1 || !Utf8Parser.TryParse(rest.Slice(1, Math.Min(digits, TicksDigits)), out fraction, out _))
                return false;

            for (int missing = digits; missing < TicksDigits; missing++)
                fraction *= 10;

            rest = rest[(digits + 1)..];
        }

        if (rest is [(byte)'Z'])
            return true;

        if (rest.Length != 6 || rest[3] != ':' || rest[0] is not ((byte)'+' or (byte)'-'))
            return false;

        uint hours = Two(rest, 1), minutes = Two(rest, 4);
        if (hours > 14 || minutes > 59 || (hours == 14 && minutes > 0))
            return false;

        offset = new TimeSpan((int)hours, (int)minutes, 0) * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    /// <summary>The number of two digits; more than any part of a time may be if they are none.</summary>
    private static uint Two(ReadOnlySpan<byte> text, int at)
    {
        uint tens = (uint)text[at] - '0', ones = (uint)text[at + 1] - '0';
        return tens > 9 || ones > 9 ? 1000 : (10 * tens) + ones;
    }
}
