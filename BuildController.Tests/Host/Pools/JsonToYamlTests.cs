using System.Text.Json.Nodes;
using BuildController.Host.Pools;
using BuildController.Host.Server;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Pools;

[TestFixture]
public sealed class JsonToYamlTests
{
    [TestCase("""{"name":"worker","attempts":3,"ok":true,"none":null,"items":[{"a":"b"},[],{}]}""")]
    [TestCase("""{"yes":"yes","y":"y","n":"n","on":"on","off":"off","true":"true","null":"null","nan":".nan","one":"1","hex":"0x1f","e":"1e3","time":"2026-01-01T00:00:00Z"}""")]
    [TestCase("""{"error":"BuildFailed: it broke: \"so\"\n- and # so","empty":"","space":" x ","unicode":"ü…","back":"\\n"}""")]
    [TestCase("[]")]
    public void What_is_written_reads_back_the_same(string json)
    {
        string yaml = JsonToYaml.Convert(JsonNode.Parse(json)!);

        JsonNode.DeepEquals(JsonNode.Parse(YamlToJson.Convert(yaml)), JsonNode.Parse(json)).Should().BeTrue(yaml);
    }

    [Test]
    public void Plain_words_stay_plain() => JsonToYaml.Convert(JsonNode.Parse("""{"phase":"Built","attempts":0}""")!).Should().Be("phase: Built\nattempts: 0\n");
}
