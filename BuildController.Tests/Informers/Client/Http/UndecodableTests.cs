using System.Net;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

/// <summary>What a caller that asks for it learns of objects that cannot be decoded.</summary>
public sealed class UndecodableTests
{
    private const string Bad = """{"metadata":{"name":"bad","namespace":"ns","uid":"u","resourceVersion":"7"},"data":[1]}""";
    private const string Good = """{"metadata":{"name":"good","namespace":"ns","resourceVersion":"8"}}""";

    [Test]
    public void A_list_reports_the_object_and_goes_on()
    {
        var found = new List<UndecodableObject>();

        ResourceList<ConfigMap> list = List($$"""{"metadata":{"resourceVersion":"9"},"items":[{{Bad}},{{Good}}]}""", found.Add);

        list.Items.Select(item => item.Metadata.Name).Should().Equal("good");
        list.Metadata.ResourceVersion.Should().Be("9");
        UndecodableObject bad = found.Should().ContainSingle().Subject;
        (bad.Key, bad.Uid, bad.ResourceVersion).Should().Be((new ObjectKey("ns", "bad"), "u", "7"));
        bad.Error.Reason.Should().Be(ApiErrorReason.MalformedResponse);
    }

    [Test]
    public void A_list_that_nobody_asked_to_go_on_fails() =>
        FluentActions.Invoking(() => List($$"""{"metadata":{},"items":[{{Bad}}]}""", null))
            .Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.MalformedResponse);

    [TestCase("""{"metadata":{"namespace":"ns"},"data":[1]}""")]
    [TestCase("""{"metadata":[],"data":[1]}""")]
    [TestCase("""{"data":[1]}""")]
    [TestCase("""{"metadata":{"name":"a"},"data":}""")]
    public void A_list_fails_where_it_cannot_be_told_which_object_is_bad(string bad) =>
        FluentActions.Invoking(() => List($$"""{"metadata":{},"items":[{{bad}},{{Good}}]}""", _ => { }))
            .Should().Throw<ApiException>("it might look deleted").Which.Reason.Should().Be(ApiErrorReason.MalformedResponse);

    [TestCase("ADDED")]
    [TestCase("MODIFIED")]
    [TestCase("RENAMED", Description = "A type of event that is not known yet.")]
    public void A_watch_reports_the_event_and_goes_on(string type)
    {
        var found = new List<UndecodableObject>();

        List<WatchEvent<ConfigMap>> events = Watch($$"""{"type":"{{type}}","object":{{Bad}}}""" + "\n" + $$"""{"type":"ADDED","object":{{Good}}}""" + "\n", found.Add);

        events.Select(next => next.Object!.Metadata.Name).Should().Equal("good");
        found.Should().ContainSingle().Which.ResourceVersion.Should().Be("7");
    }

    [TestCase("""{"type":"DELETED","object":{"metadata":{"name":"bad","resourceVersion":"7"},"data":[1]}}""")]
    [TestCase("""{"type":"MODIFIED","object":{"metadata":{"name":"bad"},"data":[1]}}""")]
    [TestCase("""{"type":"BOOKMARK","object":{"metadata":{"name":"bad"}}}""")]
    [TestCase("""{"type":"MODIFIED"}""")]
    [TestCase("""[]""")]
    [TestCase("""{"type":""")]
    public void A_watch_fails_where_passing_over_would_lose_something(string line) =>
        FluentActions.Invoking(() => Watch(line + "\n", _ => { }))
            .Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.MalformedResponse);

    private static ResourceList<ConfigMap> List(string json, Action<UndecodableObject>? onUndecodable)
    {
        CannedServer server = CannedServer.Of(HttpStatusCode.OK, json);
        return server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).ListAsync("ns", new ListOptions { OnUndecodable = onUndecodable }));
    }

    private static List<WatchEvent<ConfigMap>> Watch(string text, Action<UndecodableObject>? onUndecodable)
    {
        CannedServer server = CannedServer.Of(PiecewiseStream.Of(text));
        return server.World.Run(async () =>
        {
            var events = new List<WatchEvent<ConfigMap>>();
            await using IWatchStream<ConfigMap> stream = await server.Clientset.Resource(Types.ConfigMap)
                .WatchAsync("ns", new WatchOptions { OnUndecodable = onUndecodable });
            await foreach (WatchEvent<ConfigMap> next in stream)
                events.Add(next);

            return events;
        });
    }
}
