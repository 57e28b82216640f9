using System.Text;
using System.Text.Json;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Api;

public sealed class ObjectMetaReaderTests
{
    private const string Whole = """
        {"name":"web-1","generateName":"web-","namespace":"shop","uid":"u-1","resourceVersion":"42","generation":3,
         "creationTimestamp":"2026-03-02T07:15:00Z","deletionTimestamp":"2026-03-02T08:15:00Z","deletionGracePeriodSeconds":30,
         "labels":{"app":"web","tier":"fr\u00f6nt"},"annotations":{"note":"{\"a\":1}"},"finalizers":["a/b"],"selfLink":"/x",
         "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"u-2","controller":true,"blockOwnerDeletion":false,"more":1}],
         "managedFields":[{"manager":"kubelet","fieldsV1":{"f:status":{"k:{\"type\":\"Ready\"}":{".":{}}}}}]}
        """;

    [Test]
    public void Metadata_reads_as_the_serializer_reads_it() =>
        Read(Whole).Should().BeEquivalentTo(JsonSerializer.Deserialize(Whole, ApiJsonContext.Default.ObjectMeta));

    [Test]
    public void What_is_left_out_or_null_reads_as_empty([Values("{}", "null", """{"labels":null,"annotations":null,"ownerReferences":null,"finalizers":null,"name":null}""")] string json)
    {
        ObjectMeta metadata = Read(json);

        metadata.Name.Should().BeEmpty();
        metadata.Labels.Should().BeEmpty();
        metadata.Annotations.Should().BeEmpty();
        metadata.OwnerReferences.Should().BeEmpty();
        metadata.Finalizers.Should().BeEmpty();
    }

    [Test]
    public void Labels_are_found_by_key_and_listed_in_their_order()
    {
        IReadOnlyDictionary<string, string> labels = Read(Whole).Labels;

        labels["tier"].Should().Be("frönt");
        labels.ContainsKey("none").Should().BeFalse();
        labels.Keys.Should().Equal("app", "tier");
        labels.Values.Should().Equal("web", "frönt");
        ((Action)(() => _ = labels["none"])).Should().Throw<KeyNotFoundException>();
    }

    private static ObjectMeta Read(string json)
    {
        var cursor = new JsonCursor(Encoding.UTF8.GetBytes(json));
        return ObjectMeta.Read(ref cursor);
    }
}
