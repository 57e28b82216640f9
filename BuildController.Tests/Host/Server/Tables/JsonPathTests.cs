using System.Text.Json;
using BuildController.Host.Server.Tables;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Tables;

public sealed class JsonPathTests
{
    private const string Value = """
        {
          "metadata": {"labels": {"example.com/tier": "gold"}},
          "spec": {"sizes": [3, 5], "count": 7},
          "status": {"conditions": [{"type": "Other", "status": "Unknown"}, {"type": "Ready", "status": "True", "n": 2}]}
        }
        """;

    [TestCase(".spec.count", "7")]
    [TestCase("spec.count", "7")]
    [TestCase(".spec.sizes[1]", "5")]
    [TestCase(".spec.sizes[-1]", "5")]
    [TestCase(".spec.sizes[*]", "3")]
    [TestCase(@".metadata.labels.example\.com/tier", "gold")]
    [TestCase(".metadata.labels['example.com/tier']", "gold")]
    [TestCase(""".status.conditions[?(@.type=="Ready")].status""", "True")]
    [TestCase(""".status.conditions[?(@.type == 'Ready')].status""", "True")]
    [TestCase(""".status.conditions[?(@.type!="Ready")].status""", "Unknown")]
    [TestCase(".status.conditions[?(@.n==2)].type", "Ready")]
    public void Paths_find_the_first_value(string path, string expected) => Find(path).ToString().Should().Be(expected);

    [TestCase(".spec.none.deeper")]
    [TestCase(".spec.sizes[9]")]
    [TestCase(""".status.conditions[?(@.type=="Absent")].status""")]
    public void Paths_that_lead_nowhere_find_nothing(string path) => Find(path).ValueKind.Should().Be(JsonValueKind.Undefined);

    [TestCase(".a..b")]
    [TestCase(".a[")]
    [TestCase(".a[x]")]
    [TestCase(".a[?(b==1)]")]
    public void Malformed_paths_are_refused(string path) =>
        FluentActions.Invoking(() => JsonPath.Parse(path)).Should().Throw<FormatException>();

    private static JsonElement Find(string path)
    {
        using JsonDocument document = JsonDocument.Parse(Value);
        return JsonPath.Parse(path).First(document.RootElement) is { ValueKind: not JsonValueKind.Undefined } found ? found.Clone() : default;
    }
}
