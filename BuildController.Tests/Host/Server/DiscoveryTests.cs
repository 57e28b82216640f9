using System.Net;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class DiscoveryTests : ServerFixture
{
    [Test]
    public async Task Groups_are_told_with_their_versions_and_the_preferred_one()
    {
        (await GetAsync("/api", "application/json")).GetProperty("versions")[0].GetString().Should().Be("v1");

        JsonElement groups = await GetAsync("/apis", "application/json");
        groups.GetProperty("kind").GetString().Should().Be("APIGroupList");
        JsonElement demo = groups.GetProperty("groups").EnumerateArray().Single(static group => group.GetProperty("name").GetString() == "demo.example.com");
        demo.GetProperty("preferredVersion").GetProperty("groupVersion").GetString().Should().Be("demo.example.com/v1");
        (await GetAsync("/apis/demo.example.com")).GetProperty("kind").GetString().Should().Be("APIGroup");
    }

    [Test]
    public async Task A_resource_is_described_with_its_names_verbs_and_status()
    {
        JsonElement list = await GetAsync("/apis/demo.example.com/v1");

        list.GetProperty("groupVersion").GetString().Should().Be("demo.example.com/v1");
        JsonElement widgets = Resource(list, "widgets");
        widgets.GetProperty("singularName").GetString().Should().Be("widget");
        widgets.GetProperty("kind").GetString().Should().Be("Widget");
        widgets.GetProperty("namespaced").GetBoolean().Should().BeTrue();
        Strings(widgets, "shortNames").Should().Equal("wd");
        Strings(widgets, "categories").Should().Equal("all");
        Strings(widgets, "verbs").Should().BeEquivalentTo("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
        Strings(Resource(list, "widgets/status"), "verbs").Should().BeEquivalentTo("get", "patch", "update");
        Resource(list, "machines").GetProperty("namespaced").GetBoolean().Should().BeFalse();
        list.GetProperty("resources").EnumerateArray().Should().NotContain(static resource => resource.GetProperty("name").GetString() == "machines/status");
    }

    [Test]
    public async Task The_core_group_is_described()
    {
        JsonElement list = await GetAsync("/api/v1");

        list.GetProperty("groupVersion").GetString().Should().Be("v1");
        Strings(Resource(list, "configmaps"), "shortNames").Should().Equal("cm");
    }

    [TestCase("/apis/other.example.com")]
    [TestCase("/apis/demo.example.com/v2")]
    [TestCase("/api/v2")]
    [TestCase("/openapi/v3/apis/other.example.com/v1")]
    public async Task Groups_and_versions_that_are_not_there_are_not_found(string path) =>
        (await ExpectAsync(HttpStatusCode.NotFound, HttpMethod.Get, path)).GetProperty("message").GetString()
            .Should().Be("the server could not find the requested resource");

    [Test]
    public async Task The_version_is_one_that_kubectl_can_compare()
    {
        JsonElement version = await GetAsync("/version");

        version.GetProperty("major").GetString().Should().Be("1");
        version.GetProperty("gitVersion").GetString().Should().StartWith("v1.");
    }

    [Test]
    public async Task Openapi_v3_tells_that_writes_are_validated_and_may_be_dry_runs()
    {
        JsonElement index = await GetAsync("/openapi/v3");
        string url = index.GetProperty("paths").GetProperty("apis/demo.example.com/v1").GetProperty("serverRelativeURL").GetString()!;

        JsonElement document = await GetAsync(url);

        JsonElement patch = document.GetProperty("paths").GetProperty("/apis/demo.example.com/v1/namespaces/{namespace}/widgets/{name}").GetProperty("patch");
        patch.GetProperty("parameters").EnumerateArray().Select(static parameter => parameter.GetProperty("name").GetString())
            .Should().Contain(["fieldValidation", "dryRun", "fieldManager", "force"]);
        patch.GetProperty("x-kubernetes-group-version-kind").GetProperty("kind").GetString().Should().Be("Widget");
        JsonElement schema = document.GetProperty("components").GetProperty("schemas").GetProperty("com.example.demo.v1.Widget");
        schema.GetProperty("x-kubernetes-group-version-kind")[0].GetProperty("group").GetString().Should().Be("demo.example.com");
        schema.GetProperty("x-kubernetes-preserve-unknown-fields").GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task Openapi_v3_refers_only_to_schemas_that_it_has()
    {
        JsonElement document = await GetAsync("/openapi/v3/api/v1");

        string[] references = [.. System.Text.RegularExpressions.Regex.Matches(document.GetRawText(), "\"#/components/schemas/([^\"]+)\"").Select(static match => match.Groups[1].Value).Distinct()];
        references.Should().NotBeEmpty().And.BeSubsetOf(document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(static schema => schema.Name));
    }

    [Test]
    public async Task Openapi_v2_is_a_protobuf_document_for_those_who_ask()
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "/openapi/v2", accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");

        byte[] body = await response.Content.ReadAsByteArrayAsync(Cancellation);
        response.Content.Headers.TryGetValues("Content-Type", out IEnumerable<string>? types).Should().BeTrue();
        types.Should().Equal(["application/com.github.proto-openapi.spec.v2.v1.0+protobuf"], "Go does not take the at sign for a part of a media type");
        body[..5].Should().Equal(0x0A, 3, (byte)'2', (byte)'.', (byte)'0');
        Encoding.UTF8.GetString(body).Should().Contain("/apis/demo.example.com/v1/namespaces/{namespace}/widgets/{name}").And.Contain("fieldValidation");
        (await GetAsync("/openapi/v2", "application/json")).GetProperty("swagger").GetString().Should().Be("2.0");
    }

    private static JsonElement Resource(JsonElement list, string name) =>
        list.GetProperty("resources").EnumerateArray().Single(resource => resource.GetProperty("name").GetString() == name);

    private static IEnumerable<string?> Strings(JsonElement element, string name) => element.GetProperty(name).EnumerateArray().Select(static item => item.GetString());
}
