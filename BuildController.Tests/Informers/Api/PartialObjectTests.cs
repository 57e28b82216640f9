using System.Text;
using System.Text.Json;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Api;

[TestFixture]
public sealed class PartialObjectTests
{
    private static readonly ResourceType<UnstructuredObject> Widgets =
        ResourceType.Unstructured(new GroupVersionResource("test.example", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    [Test]
    public void Only_the_metadata_is_read_wherever_it_stands()
    {
        PartialObject read = Widgets.MetadataOnly.Read("""
            { "spec": { "metadata": { "name": "wrong" }, "list": [1, { "a": "b" }] }, "metadata": { "name": "a", "namespace": "ns", "labels": { "x": "y" } }, "status": {} }
            """u8);

        read.ToString().Should().Be("ns/a");
        Widgets.MetadataOnly.Metadata(read).Labels.Should().Contain("x", "y");
    }

    [Test]
    public void It_is_written_with_the_kind_of_its_resource()
    {
        byte[] json = Widgets.MetadataOnly.Write(new PartialObject(new ObjectMeta { Name = "a" }));

        UnstructuredObject written = UnstructuredObject.Parse(Encoding.UTF8.GetString(json));
        (written.ApiVersion, written.Kind, written.Metadata.Name).Should().Be(("test.example/v1", "Widget", "a"));
    }

    [Test]
    public void A_resource_has_one_description_without_the_rest_so_that_all_share_one_cache()
    {
        Widgets.MetadataOnly.Should().BeSameAs(Widgets.MetadataOnly);
        Widgets.MetadataOnly.Resource.Should().Be(Widgets.Resource);
        Widgets.MetadataOnly.KeepsUnknownFields.Should().BeFalse("a replace would lose everything else");
    }

    [TestCase("[]")]
    [TestCase("""{ "metadata": 3 }""")]
    [TestCase("""{ "metadata": {""")]
    public void What_is_no_object_is_refused(string json) =>
        FluentActions.Invoking(() => Widgets.MetadataOnly.Read(Encoding.UTF8.GetBytes(json))).Should().Throw<JsonException>();
}
