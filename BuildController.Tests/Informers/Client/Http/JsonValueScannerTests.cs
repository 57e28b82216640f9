using System.Text;
using System.Text.Json;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

public sealed class JsonValueScannerTests
{
    private static readonly string[] Pieces =
        ["\"", "\\\\", "\\\"", "{", "}", "[", "]", "plain text of some length", "é", "日本", "\\u0041", "k:{\\\"type\\\":\\\"Ready\\\"}", ":", ",", " "];

    [TestCase("""{} """, 2)]
    [TestCase("""[]]""", 2)]
    [TestCase("""{"a":"}"}}""", 9)]
    [TestCase("""{"a":"\"}"},""", 11)]
    [TestCase("""{"a":"\\"}"}""", 10)]
    [TestCase("""{"a":[{"b":[]}]},{}""", 16)]
    [TestCase("""12,""", 2)]
    [TestCase("""null}""", 4)]
    [TestCase("""true ]""", 4)]
    [TestCase(""" """, 0)]
    public void The_value_ends_where_its_first_bracket_is_closed_or_its_literal_ends(string json, int length) =>
        new JsonValueScanner().Find(Encoding.UTF8.GetBytes(json)).Should().Be(length);

    [TestCase("\"text\",", 6)]
    [TestCase("\"a\\\"b\":", 6)]
    [TestCase("\"\\\\\"\"", 4)]
    public void A_string_ends_at_its_first_quote_that_is_not_escaped(string json, int length) =>
        new JsonValueScanner().Find(Encoding.UTF8.GetBytes(json)).Should().Be(length);

    [Test]
    public void Any_value_in_any_pieces_ends_where_a_parser_says()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] value = RandomValue(random);
            byte[] bytes = [.. value, .. ",{\"next\":\"item\"}]}"u8];

            Find(bytes, random, discards: false).Should().Be(value.Length, "seed {0}", seed);
            Find(bytes, random, discards: true).Should().Be(value.Length, "seed {0}", seed);
        }
    }

    private static int Find(byte[] bytes, Random random, bool discards)
    {
        var scanner = new JsonValueScanner();
        int dropped = 0;
        for (int end = 0; end <= bytes.Length; end = Math.Min(end + random.Next(1, 150), bytes.Length))
        {
            int length = scanner.Find(bytes.AsSpan(dropped..end));
            if (length >= 0)
                return dropped + length;

            if (discards)
            {
                scanner.Discard();
                dropped = end;
            }
        }

        return -1;
    }

    private static byte[] RandomValue(Random random)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            WriteObject(writer, random, 0);

        return stream.ToArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, Random random, int depth)
    {
        writer.WriteStartObject();
        for (int i = random.Next(6); i > 0; i--)
        {
            writer.WritePropertyName(RandomText(random));
            switch (random.Next(4))
            {
                case 0 when depth < 4:
                    WriteObject(writer, random, depth + 1);
                    break;
                case 1 when depth < 4:
                    writer.WriteStartArray();
                    WriteObject(writer, random, depth + 1);
                    writer.WriteEndArray();
                    break;
                case 2:
                    writer.WriteNumberValue(random.Next());
                    break;
                default:
                    writer.WriteStringValue(RandomText(random));
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (int i = random.Next(8); i > 0; i--)
            text.Append(Pieces[random.Next(Pieces.Length)]);

        return text.ToString();
    }
}
