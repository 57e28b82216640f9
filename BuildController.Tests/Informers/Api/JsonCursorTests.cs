using System.Globalization;
using System.Text;
using System.Text.Json;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Api;

public sealed class JsonCursorTests
{
    private static readonly string[] Texts =
        ["", "plain", "ünïcode", "日本", "😀", "quote \" and \\ backslash", "\u0001\n\t", "{\"type\":\"Ready\"}", "a text of somewhat more than sixty-four bytes, to cross a block of the scanner"];

    private static readonly string[] Names = ["text", "shared", "number", "flag", "time", "labels", "texts", "child", "tëxt", "unknown", "f:\"x\""];

    [Test]
    public void Random_objects_are_read_as_the_serializer_reads_them([Range(0, 400)] int seed)
    {
        var random = new Random(seed);
        string json = RandomObject(random, depth: 0, escape: random.Next(2) == 0);

        using JsonDocument document = JsonDocument.Parse(json);
        Read(json).Should().BeEquivalentTo(Expected(document.RootElement), json);
    }

    [Test]
    public void What_is_cut_off_is_an_error_and_never_half_an_object()
    {
        byte[] json = Encoding.UTF8.GetBytes(RandomObject(new Random(7), depth: 0, escape: true));

        for (int length = 0; length < json.Length; length++)
        {
            byte[] piece = json[..length];
            ((Action)(() => Read(piece))).Should().Throw<JsonException>();
        }
    }

    [TestCase("""{"text":1}""", "*a string*'text'*1*")]
    [TestCase("""{"number":"1"}""", "*a whole number*'number'*")]
    [TestCase("""{"number":1.5}""", "*a whole number*'number'*1.5*")]
    [TestCase("""{"number":01}""", "*a whole number*'number'*01*")]
    [TestCase("""{"number":+1}""", "*a whole number*'number'*")]
    [TestCase("""{"number":9223372036854775808}""", "*a whole number*'number'*")]
    [TestCase("""{"flag":"true"}""", "*true or false*'flag'*")]
    [TestCase("""{"flag":True}""", "*true or false*'flag'*")]
    [TestCase("""{"time":"yesterday"}""", "*a time*'time'*yesterday*")]
    [TestCase("""{"labels":["a"]}""", "*an object*'labels'*")]
    [TestCase("""{"labels":{"a":1}}""", "*a string*'a'*")]
    [TestCase("""{"texts":{}}""", "*an array*'texts'*")]
    [TestCase("""{"texts":["a" "b"]}""", "*a comma*")]
    [TestCase("""{"text":"a" "flag":true}""", "*a comma*'text'*")]
    [TestCase("""{"text" "a"}""", "*a colon*'text'*")]
    [TestCase("""{text:"a"}""", "*the name of a member*")]
    [TestCase("""{"text":"a",}""", "*the name of a member*")]
    [TestCase("""{"text":"\x"}""", "*an escape*'text'*")]
    [TestCase("""{"text":"\ud800"}""", "*an escape*'text'*")]
    [TestCase("""{"text":}""", "*a string*'text'*")]
    [TestCase("""{"unknown":}""", "*a value*'unknown'*")]
    [TestCase("""{} {}""", "*follows*")]
    [TestCase("[]", "*an object*")]
    [TestCase("", "*an object*the end*")]
    public void A_fault_is_named_with_its_member(string json, string message) =>
        ((Action)(() => Read(json))).Should().Throw<JsonException>().WithMessage(message);

    [Test]
    public void Control_characters_and_broken_utf8_in_strings_are_refused()
    {
        ((Action)(() => Read("{\"text\":\"a\nb\"}"))).Should().Throw<JsonException>().WithMessage("*escaped*");
        ((Action)(() => Read([.. "{\"text\":\""u8, 0xFF, .. "\"}"u8]))).Should().Throw<JsonException>().WithMessage("*UTF-8*'text'*");
        ((Action)(() => Read([.. "{\"shared\":\""u8, 0xC3, .. "\"}"u8]))).Should().Throw<JsonException>().WithMessage("*UTF-8*'shared'*");
    }

    [Test]
    public void A_null_reads_as_what_is_absent() =>
        Read("""{"text":null,"shared":null,"number":null,"flag":null,"time":null,"labels":null,"texts":null,"child":null}""")
            .Should().BeEquivalentTo(new Sample());

    [Test]
    public void Of_members_that_come_twice_the_last_counts() =>
        Read("""{"text":"a","labels":{"x":"1","y":"2","x":"3"},"text":"b"}""")
            .Should().BeEquivalentTo(new Sample { Text = "b", Labels = new Dictionary<string, string> { ["x"] = "3", ["y"] = "2" } });

    [Test]
    public void Depth_of_what_is_skipped_does_not_matter()
    {
        string deep = new string('[', 5000) + new string(']', 5000);

        Read($$"""{"unknown":{{deep}},"text":"a"}""").Text.Should().Be("a");
    }

    [Test]
    public void Shared_texts_are_one_instance_and_others_are_not()
    {
        Sample first = Read("""{"text":"only mine","shared":"registry/image:1"}"""), second = Read("""{"text":"only mine","shared":"registry/image:1"}""");

        second.Shared.Should().BeSameAs(first.Shared);
        second.Text.Should().Be(first.Text).And.NotBeSameAs(first.Text);
    }

    [Test]
    public void Values_of_the_same_bytes_are_one_instance_from_the_second_on()
    {
        string json = """{"child":{"text":"shared child"}}""";
        Sample first = Read(json), second = Read(json), third = Read(json), other = Read("""{"child":{"text":"shared chilD"}}""");

        second.Child.Should().NotBeSameAs(first.Child).And.BeEquivalentTo(first.Child);
        third.Child.Should().BeSameAs(second.Child);
        other.Child!.Text.Should().Be("shared chilD");
    }

    [Test]
    public void Values_of_the_same_bytes_read_by_different_functions_stay_apart()
    {
        for (int round = 0; round < 4; round++)
        {
            ReadAs(static (ref JsonCursor json) => json.ReadShared<object>(static (ref JsonCursor inner) => inner.ReadTexts())).Should().BeAssignableTo<IReadOnlyList<string>>();
            ReadAs(static (ref JsonCursor json) => json.ReadShared<object>(static (ref JsonCursor inner) => Length(ref inner))).Should().Be(3);
        }

        static object ReadAs(JsonRead<object> read)
        {
            var json = new JsonCursor("""["a","b","c"]"""u8);
            return read(ref json);
        }

        static object Length(ref JsonCursor json) => json.ReadTexts().Count;
    }

    [Test]
    public void A_projection_reads_from_a_reader_that_stands_in_a_longer_text()
    {
        ResourceType<Sample> type = Samples.Type;
        var reader = new Utf8JsonReader("""[{"text":"a","unknown":[1,{}]},{"text":"b"}]"""u8);
        reader.Read();
        reader.Read();
        type.Read(ref reader).Text.Should().Be("a");
        reader.TokenType.Should().Be(JsonTokenType.EndObject);
        reader.Read();
        type.Read(ref reader).Text.Should().Be("b");
    }

    [Test]
    public void A_projection_is_not_written()
    {
        Action write = () => Samples.Type.Write(new Sample { Text = "a" });

        write.Should().Throw<NotSupportedException>().WithMessage("*Sample*patch*");
    }

    private static Sample Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private static Sample Read(byte[] json) => Samples.Type.Read(json);

    private static Sample Expected(JsonElement element)
    {
        var sample = new Sample();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            JsonElement value = member.Value;
            sample = member.Name switch
            {
                "text" => sample with { Text = value.GetString() },
                "shared" => sample with { Shared = value.GetString() },
                "number" => sample with { Number = value.GetInt64() },
                "flag" => sample with { Flag = value.GetBoolean() },
                "time" => sample with { Time = value.GetDateTimeOffset() },
                "labels" => sample with { Labels = LabelsOf(value) },
                "texts" => sample with { Texts = [.. value.EnumerateArray().Select(static text => text.GetString()!)] },
                "child" => sample with { Child = Expected(value) },
                _ => sample,
            };
        }

        return sample;
    }

    private static Dictionary<string, string> LabelsOf(JsonElement value)
    {
        var labels = new Dictionary<string, string>();
        foreach (JsonProperty label in value.EnumerateObject())
            labels[label.Name] = label.Value.GetString()!;

        return labels;
    }

    private static string RandomObject(Random random, int depth, bool escape)
    {
        IEnumerable<string> members = Enumerable.Range(0, random.Next(8)).Select(_ =>
        {
            string name = Names[random.Next(Names.Length)];
            string value = name switch
            {
                "text" or "shared" => Quoted(Texts[random.Next(Texts.Length)], escape),
                "number" => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
                "flag" => random.Next(2) == 0 ? "true" : "false",
                "time" => RandomTime(random),
                "labels" => "{" + string.Join(',', Enumerable.Range(0, random.Next(40)).Select(i => $"{Quoted($"k{random.Next(35)}", escape)}:{Quoted(Texts[i % Texts.Length], escape)}")) + "}",
                "texts" => "[" + string.Join(Space(random) + ",", Enumerable.Range(0, random.Next(4)).Select(i => Quoted(Texts[i], escape))) + "]",
                "child" => depth < 4 ? RandomObject(random, depth + 1, escape) : "{}",
                _ => RandomValue(random, depth),
            };
            return Quoted(name, escape) + Space(random) + ":" + Space(random) + value + Space(random);
        });
        return "{" + Space(random) + string.Join(",", members) + "}";
    }

    private static string RandomValue(Random random, int depth) => random.Next(6) switch
    {
        0 => "null",
        1 => "-1.5e+10",
        2 => Quoted(Texts[random.Next(Texts.Length)], escape: true),
        3 when depth < 6 => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth + 1))) + "]",
        4 => RandomObject(random, depth: 4, escape: false),
        _ => "false",
    };

    private static string RandomTime(Random random)
    {
        string fraction = random.Next(2) == 0 ? string.Empty : "." + random.Next(1, 9_999_999).ToString(CultureInfo.InvariantCulture);
        string offset = random.Next(3) switch { 0 => "+05:30", 1 => "-08:00", _ => "Z" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"\"20{random.Next(100):d2}-{random.Next(1, 13):d2}-{random.Next(1, 29):d2}T{random.Next(24):d2}:{random.Next(60):d2}:{random.Next(60):d2}{fraction}{offset}\"");
    }

    private static string Space(Random random) => random.Next(4) == 0 ? " \r\n\t"[..random.Next(1, 5)] : string.Empty;

    /// <summary>With every character escaped that may be, or only with those that must be.</summary>
    private static string Quoted(string text, bool escape) => escape
        ? "\"" + string.Concat(text.Select(static c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))) + "\""
        : "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
