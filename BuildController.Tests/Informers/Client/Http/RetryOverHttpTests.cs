using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

/// <summary>What repeating means on the wire.</summary>
public sealed class RetryOverHttpTests
{
    private const string Answer = """{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"8"},"data":{"k":"v"}}""";
    private static readonly ObjectKey Key = new("ns", "a");

    [TestCase(HttpStatusCode.TooManyRequests, "TooManyRequests")]
    [TestCase(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable")]
    public void The_second_try_sends_the_same_bytes_and_finds_the_first_answer_read_to_its_end_and_disposed(HttpStatusCode code, string reason)
    {
        var busy = PiecewiseStream.Of($$"""{"kind":"Status","status":"Failure","code":{{(int)code}},"reason":"{{reason}}","message":"later"}""", 10);
        var bodies = new List<(bool IsRead, int Disposals)>();
        var server = new CannedServer(_ =>
        {
            bodies.Add((busy.IsAtEnd, busy.Disposals));
            return bodies.Count == 1 ? Busy(code, busy) : CannedServer.Answer(new MemoryStream(Encoding.UTF8.GetBytes(Answer)));
        });
        UnstructuredObject value = UnstructuredObject.Parse($$$"""{"metadata":{"name":"a","namespace":"ns"},"data":{"long":"{{{new string('x', 100_000)}}}"}}""");

        server.World.Run(() => Client(server, Types.AnyConfigMap).CreateAsync(value));

        server.Requests.Should().HaveCount(2);
        server.Requests[1].Should().Be(server.Requests[0]);
        server.Requests[1].Body.Should().Contain(new string('x', 100_000));
        bodies.Should().Equal((false, 0), (true, 1));
        server.World.Time.GetTimestamp().Should().Be(TimeSpan.FromSeconds(1).Ticks, "the header said so");
    }

    [Test]
    public void A_patch_is_sent_again_whole_after_a_connection_that_was_lost()
    {
        int calls = 0;
        var server = new CannedServer(_ => calls++ == 0 ? throw Reset() : CannedServer.Answer(new MemoryStream(Encoding.UTF8.GetBytes(Answer))));

        server.World.Run(() => Client(server, Types.ConfigMap).PatchAsync(Key, Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["k"] = "v" } })));

        server.Requests.Select(static request => (request.Method, request.Body, request.MediaType)).Should().Equal(
            Enumerable.Repeat(("PATCH", """{"data":{"k":"v"}}""", (string?)"application/merge-patch+json"), 2));
    }

    [Test]
    public void Reads_survive_a_connection_reset_by_the_peer_a_refused_one_and_an_answer_cut_off()
    {
        var answers = new Queue<Func<HttpResponseMessage>>(
        [
            () => throw Reset(),
            () => throw new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused)),
            () => CannedServer.Answer(new PiecewiseStream("{\"meta"u8.ToArray(), [10], new HttpIOException(HttpRequestError.ResponseEnded))),
            () => CannedServer.Answer(Stream.Null, HttpStatusCode.BadGateway, "text/html"),
            () => CannedServer.Answer(new MemoryStream(Encoding.UTF8.GetBytes(Answer))),
        ]);
        var server = new CannedServer(_ => answers.Dequeue()());

        ConfigMap value = server.World.Run(() => Client(server, Types.ConfigMap).GetAsync(Key));

        value.Data["k"].Should().Be("v");
        server.Requests.Should().HaveCount(5);
    }

    [Test]
    public void A_silent_server_is_asked_again_after_the_request_timeout()
    {
        int calls = 0;
        var server = new CannedServer(async (_, cancellationToken) =>
        {
            if (calls++ == 0)
                await Task.Delay(Timeout.Infinite, cancellationToken);

            return CannedServer.Answer(new MemoryStream(Encoding.UTF8.GetBytes(Answer)));
        });

        server.World.Run(() => Client(server, Types.ConfigMap).GetAsync(Key));

        server.Requests.Should().HaveCount(2);
        server.World.Time.GetTimestamp().Should().BeGreaterThan(TimeSpan.FromSeconds(60).Ticks);
    }

    [Test]
    public void A_list_is_sent_again_while_nothing_came_and_not_after_the_first_object()
    {
        string[] bodies = ["""{"kind":"ConfigMapList","items":[""", """{"kind":"ConfigMapList","items":[{"metadata":{"name":"a","namespace":"ns"}},"""];
        int calls = 0;
        var server = new CannedServer(_ => CannedServer.Answer(PiecewiseStream.Of(bodies[calls++])));
        var visited = new List<string>();

        Action list = () => server.World.Run(() => Client(server, Types.ConfigMap).ListAsync("ns", ListOptions.Default, value => visited.Add(value.Metadata.Name)));

        list.Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        server.Requests.Should().HaveCount(2);
        visited.Should().Equal("a");
    }

    [Test]
    public void A_server_that_is_not_trusted_is_not_asked_again()
    {
        var server = new CannedServer(_ => throw new HttpRequestException("The SSL connection could not be established.", new AuthenticationException("untrusted root")));

        Action get = () => server.World.Run(() => Client(server, Types.ConfigMap).GetAsync(Key));

        get.Should().Throw<ApiException>().WithMessage("*could not be trusted*");
        server.Requests.Should().ContainSingle();
    }

    [Test]
    public void An_answer_that_makes_no_sense_is_not_asked_for_again()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, "<html>");

        Action get = () => server.World.Run(() => Client(server, Types.ConfigMap).GetAsync(Key));

        get.Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.MalformedResponse);
        server.Requests.Should().ContainSingle();
    }

    [Test]
    public void A_clientset_that_was_disposed_is_not_waited_for()
    {
        var server = new CannedServer(_ => throw Reset());
        server.World.Run(async () => await server.Clientset.DisposeAsync());

        Action get = () => server.World.Run(() => Client(server, Types.ConfigMap).GetAsync(Key));

        get.Should().Throw<ObjectDisposedException>();
        server.World.Time.GetTimestamp().Should().Be(0);
    }

    private static IResourceClient<T> Client<T>(CannedServer server, ResourceType<T> type)
        where T : class => server.Clientset.WithRetry(runtime: server.World.Runtime).Resource(type);

    private static HttpRequestException Reset() =>
        new("reset", new IOException("Connection reset by peer", new SocketException((int)SocketError.ConnectionReset)));

    private static HttpResponseMessage Busy(HttpStatusCode code, Stream body)
    {
        HttpResponseMessage response = CannedServer.Answer(body, code);
        response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(1));
        return response;
    }
}
