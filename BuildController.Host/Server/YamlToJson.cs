using System.Buffers;
using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace BuildController.Host.Server;

/// <summary>Turns one YAML document into JSON, with the scalar types that Kubernetes tools give plain scalars.</summary>
internal static class YamlToJson
{
    private const int MaxDepth = 64;

    // Aliases can make a small text unfold to a huge one.
    private const long MaxLength = 3 << 20;

    /// <exception cref="FormatException">The text is no YAML, has several documents or unfolds to more than a request may hold.</exception>
    public static byte[] Convert(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException error)
        {
            throw new FormatException($"line {error.Start.Line}: {error.Message}", error);
        }

        if (stream.Documents.Count != 1)
            throw new FormatException($"expected one document, found {stream.Documents.Count}");

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, stream.Documents[0].RootNode, 0);

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node, int depth)
    {
        if (depth > MaxDepth || writer.BytesCommitted + writer.BytesPending > MaxLength)
            throw new FormatException("it is too deep or too large");

        switch (node)
        {
            case YamlMappingNode mapping:
                writer.WriteStartObject();
                foreach ((string name, YamlNode value) in Members(mapping, depth))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                writer.WriteStartArray();
                foreach (YamlNode item in sequence.Children)
                    Write(writer, item, depth + 1);

                writer.WriteEndArray();
                break;
            case YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: var plain } scalar when scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific:
                WritePlain(writer, plain ?? string.Empty);
                break;
            case YamlScalarNode scalar:
                writer.WriteStringValue(scalar.Value);
                break;
            default:
                throw new FormatException($"a {node.NodeType} is not allowed here");
        }
    }

    /// <summary>The members of a mapping, with those that it merges in and does not have itself.</summary>
    private static Dictionary<string, YamlNode> Members(YamlMappingNode mapping, int depth)
    {
        if (depth > MaxDepth)
            throw new FormatException("it is too deep");

        var members = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        List<YamlNode> merged = [];
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } scalar)
                throw new FormatException("a key is not a string");
            if (name == "<<" && scalar.Style == ScalarStyle.Plain)
                merged.AddRange(value is YamlSequenceNode several ? several.Children : [value]);
            else
                members[name] = value;
        }

        foreach (YamlNode source in merged)
        {
            if (source is not YamlMappingNode other)
                throw new FormatException("only a mapping can be merged in");

            foreach ((string name, YamlNode value) in Members(other, depth + 1))
                members.TryAdd(name, value);
        }

        return members;
    }

    private static void WritePlain(Utf8JsonWriter writer, string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                writer.WriteNullValue();
                return;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                writer.WriteBooleanValue(true);
                return;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                writer.WriteBooleanValue(false);
                return;
        }

        if (!(char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.'))
            writer.WriteStringValue(text);
        else if (Integer(text) is { } integer)
            writer.WriteNumberValue(integer);
        else if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(text);
    }

    private static long? Integer(string text)
    {
        bool negative = text[0] == '-';
        string digits = text[0] is '-' or '+' ? text[1..] : text;
        try
        {
            long? value = digits switch
            {
                ['0', 'x', .. { Length: > 0 } hex] when hex.All(char.IsAsciiHexDigit) => System.Convert.ToInt64(hex, 16),
                ['0', 'o', .. { Length: > 0 } octal] when octal.All(IsOctal) => System.Convert.ToInt64(octal, 8),
                ['0', .. { Length: > 0 } octal] when octal.All(IsOctal) => System.Convert.ToInt64(octal, 8),
                { Length: > 0 } when digits.All(char.IsAsciiDigit) => long.Parse(digits, CultureInfo.InvariantCulture),
                _ => null,
            };
            return negative ? -value : value;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';
}
