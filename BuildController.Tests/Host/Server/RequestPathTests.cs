using BuildController.Host.Server;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class RequestPathTests
{
    [Test]
    public void A_collection_in_a_namespace_is_told_from_a_namespace_and_its_subresource()
    {
        RequestPath.Parse("/api/v1/namespaces/a/pods").Should().Be(
            new RequestPath(Endpoint.Resource) { Version = "v1", Namespace = "a", Plural = "pods" });
        RequestPath.Parse("/api/v1/namespaces/a").Should().Be(
            new RequestPath(Endpoint.Resource) { Version = "v1", Plural = "namespaces", Name = "a" });
        RequestPath.Parse("/api/v1/namespaces/a/status").Should().Be(
            new RequestPath(Endpoint.Resource) { Version = "v1", Plural = "namespaces", Name = "a", Subresource = "status" });
        RequestPath.Parse("/api/v1/namespaces").Should().Be(
            new RequestPath(Endpoint.Resource) { Version = "v1", Plural = "namespaces" });
    }

    [Test]
    public void An_object_in_a_group_and_its_subresource_are_taken_apart()
    {
        var item = new RequestPath(Endpoint.Resource) { Group = "demo.example.com", Version = "v1", Namespace = "a", Plural = "widgets", Name = "w" };

        RequestPath.Parse("/apis/demo.example.com/v1/namespaces/a/widgets/w").Should().Be(item);
        RequestPath.Parse("/apis/demo.example.com/v1/namespaces/a/widgets/w/status").Should().Be(item with { Subresource = "status" });
        RequestPath.Parse("/apis/demo.example.com/v1/machines/m").Should().Be(
            new RequestPath(Endpoint.Resource) { Group = "demo.example.com", Version = "v1", Plural = "machines", Name = "m" });
    }

    [TestCase("/api", ExpectedResult = nameof(Endpoint.CoreVersions))]
    [TestCase("/api/v1/", ExpectedResult = nameof(Endpoint.Resources))]
    [TestCase("/apis", ExpectedResult = nameof(Endpoint.Groups))]
    [TestCase("/apis/demo.example.com", ExpectedResult = nameof(Endpoint.Group))]
    [TestCase("/apis/demo.example.com/v1", ExpectedResult = nameof(Endpoint.Resources))]
    [TestCase("/openapi/v2", ExpectedResult = nameof(Endpoint.OpenApiV2))]
    [TestCase("/openapi/v3", ExpectedResult = nameof(Endpoint.OpenApiV3Index))]
    [TestCase("/openapi/v3/apis/demo.example.com/v1", ExpectedResult = nameof(Endpoint.OpenApiV3Document))]
    [TestCase("/readyz/ping", ExpectedResult = nameof(Endpoint.Health))]
    [TestCase("/", ExpectedResult = nameof(Endpoint.Root))]
    [TestCase("/nowhere", ExpectedResult = nameof(Endpoint.Unknown))]
    [TestCase("/api/v1//pods", ExpectedResult = nameof(Endpoint.Unknown))]
    [TestCase("/api/v1/namespaces/a/pods/p/exec/more", ExpectedResult = nameof(Endpoint.Unknown))]
    public string Fixed_paths_have_their_endpoint(string path) => RequestPath.Parse(path).Endpoint.ToString();
}
