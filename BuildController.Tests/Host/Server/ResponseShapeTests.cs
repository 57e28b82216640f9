using BuildController.Host.Server;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class ResponseShapeTests
{
    [TestCase(null)]
    [TestCase("*/*")]
    [TestCase("application/json")]
    [TestCase("application/vnd.kubernetes.protobuf,application/json")]
    [TestCase("application/json;stream=watch,application/json")]
    [TestCase("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json")]
    public void Plain_objects_are_served_to_those_who_take_json(string? accept) =>
        AcceptHeader.Shape(accept).Should().Be(ResponseShape.Whole);

    [Test]
    public void The_first_clause_that_can_be_served_wins()
    {
        AcceptHeader.Shape("application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json")
            .Should().Be(ResponseShape.Table);
        AcceptHeader.Shape("application/json;as=Table;v=v1beta1;g=meta.k8s.io, application/json").Should().Be(ResponseShape.Whole);
        AcceptHeader.Shape("application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
            .Should().Be(ResponseShape.Metadata);
    }

    [TestCase("application/vnd.kubernetes.protobuf")]
    [TestCase("application/json;as=Table;v=v9;g=meta.k8s.io")]
    [TestCase("text/html")]
    public void Other_media_types_are_not_served(string accept) => AcceptHeader.Shape(accept).Should().BeNull();
}
