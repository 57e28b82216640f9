using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace BuildController.Informers.Testing.Cluster.Schemas;

/// <summary>The formats that a server checks; others are hints for people.</summary>
internal static partial class SchemaFormats
{
    /// <summary>Whether the server knows the format at all; it reads over dashes.</summary>
    public static bool IsChecked(string? format) => format is not null && CheckOf(format) is not null;

    public static bool IsValid(string format, string value) => CheckOf(format) is not { } check || check(value);

    private static Func<string, bool>? CheckOf(string format) => format.Replace("-", string.Empty, StringComparison.Ordinal) switch
    {
        "datetime" => static text => DateTime().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        "date" => static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "byte" => IsBase64,
        "uri" => static text => text.StartsWith('/') || Uri.TryCreate(text, UriKind.Absolute, out _),
        "email" => static text => Email().IsMatch(text),
        "hostname" => static text => text.Length <= 255 && Hostname().IsMatch(text),
        "ipv4" => static text => IPv4().IsMatch(text) && IPAddress.TryParse(text, out _),
        "ipv6" => static text => IsAddress(text, AddressFamily.InterNetworkV6),
        "cidr" => IsCidr,
        "mac" => static text => Mac().IsMatch(text),
        "uuid" => static text => Uuid().IsMatch(text),
        "uuid3" => static text => Uuid().IsMatch(text) && Bare(text)[12] == '3',
        "uuid4" => static text => Uuid().IsMatch(text) && Bare(text)[12] == '4' && Bare(text)[16] is '8' or '9' or 'a' or 'b' or 'A' or 'B',
        "uuid5" => static text => Uuid().IsMatch(text) && Bare(text)[12] == '5' && Bare(text)[16] is '8' or '9' or 'a' or 'b' or 'A' or 'B',
        "duration" => static text => Duration().IsMatch(text),
        "hexcolor" => static text => HexColor().IsMatch(text),
        "bsonobjectid" => static text => ObjectId().IsMatch(text),
        "password" => static _ => true,
        _ => null,
    };

    private static string Bare(string uuid) => uuid.Replace("-", string.Empty, StringComparison.Ordinal);

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);

    private static bool IsAddress(string text, AddressFamily family) => IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family;

    private static bool IsCidr(string text) =>
        text.Split('/') is [var address, var length]
        && IPAddress.TryParse(address, out IPAddress? parsed)
        && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
        && bits <= (parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt]|\s)[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex DateTime();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\z")]
    private static partial Regex Email();

    [GeneratedRegex(@"^([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^[0-9]{1,3}(\.[0-9]{1,3}){3}\z")]
    private static partial Regex IPv4();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\z")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*(ns|nanos?(econds?)?|us|µs|micros?(econds?)?|ms|millis?(econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)([0-9.]+(ns|us|µs|ms|s|m|h))*\z")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z")]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^[0-9a-fA-F]{24}\z")]
    private static partial Regex ObjectId();
}
