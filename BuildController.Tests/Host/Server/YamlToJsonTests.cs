using System.Text;
using BuildController.Host.Server;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class YamlToJsonTests
{
    [Test]
    public void Plain_scalars_get_their_types_and_quoted_ones_stay_text()
    {
        const string yaml = """
            a: 1
            b: -2.5
            c: true
            d: off
            e: null
            f:
            g: "1"
            h: 'true'
            i: 1.2.3
            j: 0644
            k: 0x1F
            l: 1e3
            m: 2024-01-01T00:00:00Z
            """;

        Convert(yaml).Should().Be(
            """{"a":1,"b":-2.5,"c":true,"d":false,"e":null,"f":null,"g":"1","h":"true","i":"1.2.3","j":420,"k":31,"l":1000,"m":"2024-01-01T00:00:00Z"}""");
    }

    [Test]
    public void Lists_blocks_anchors_and_merges_come_out_as_json()
    {
        const string yaml = """
            base: &base {x: 1, y: 2}
            more:
              <<: *base
              y: 3
            text: |
              two
              lines
            list:
            - a
            - b: [c]
            """;

        Convert(yaml).Should().Be("""{"base":{"x":1,"y":2},"more":{"y":3,"x":1},"text":"two\nlines\n","list":["a",{"b":["c"]}]}""");
    }

    [TestCase("a: [1", TestName = "Text_that_is_no_yaml_is_refused")]
    [TestCase("a: 1\n---\nb: 2", TestName = "Several_documents_are_refused")]
    [TestCase("? [a]\n: b", TestName = "Keys_that_are_no_strings_are_refused")]
    public void Refused(string yaml) => Converting(yaml).Should().Throw<FormatException>();

    [Test]
    public void Aliases_that_unfold_to_a_huge_text_are_refused()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
            yaml.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        Converting(yaml.ToString()).Should().Throw<FormatException>().WithMessage("*too large*");
    }

    private static string Convert(string yaml) => Encoding.UTF8.GetString(YamlToJson.Convert(yaml));

    private static Action Converting(string yaml) => () => YamlToJson.Convert(yaml);
}
