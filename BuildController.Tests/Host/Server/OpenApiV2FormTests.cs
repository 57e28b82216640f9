using System.Text.Json.Nodes;
using BuildController.Host.Server.Discovery;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

[TestFixture]
public sealed class OpenApiV2FormTests
{
    [TestCase("""{"type":"string","format":"date-time","description":"D.","minLength":1,"default":"x"}""", """{"type":"string","format":"date-time","description":"D."}""")]
    [TestCase("""{"type":"object","required":["a"],"properties":{"a":{"type":"integer","maximum":3}}}""", """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""")]
    [TestCase("""{"type":"array","items":{"type":"string","enum":["a"]},"x-kubernetes-list-type":"set"}""", """{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"}""")]
    [TestCase("""{"type":"object","additionalProperties":{"type":"boolean"}}""", """{"type":"object","additionalProperties":{"type":"boolean"}}""")]
    [TestCase("""{"type":"object","additionalProperties":true}""", """{"type":"object"}""")]
    [TestCase("""{"type":"object","anyOf":[{"required":["a"]}]}""", """{"type":"object"}""")]
    public void What_v2_knows_is_kept_and_the_rest_left_out(string schema, string expected) => Of(schema).Should().Be(expected);

    [TestCase("""{"type":"string","nullable":true,"description":"D."}""", """{"description":"D."}""")]
    [TestCase("""{"type":"object","properties":{"a":{"type":"string"}},"x-kubernetes-preserve-unknown-fields":true}""", """{"x-kubernetes-preserve-unknown-fields":true}""")]
    [TestCase("""{"x-kubernetes-int-or-string":true}""", """{"x-kubernetes-int-or-string":true}""")]
    public void What_v2_cannot_say_may_be_anything(string schema, string expected) => Of(schema).Should().Be(expected);

    private static string Of(string schema) => OpenApiV2Form.Of((JsonObject)JsonNode.Parse(schema)!).ToJsonString();
}
