using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using BuildController.Informers.Api;
using BuildController.Informers.Client.Configuration;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

public sealed class ErrorTests
{
    private const string Secret = "s3cret";

    private static ClusterConfiguration Configuration => new() { Server = new Uri("https://user:hidden@api.example:6443"), BearerToken = Secret };

    [Test]
    public void A_status_comes_out_with_its_reason_causes_and_code()
    {
        ApiException error = Fail(CannedServer.Of(HttpStatusCode.UnprocessableEntity,
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"data is too long","reason":"Invalid","details":{"name":"a","kind":"configmaps","causes":[{"reason":"FieldValueTooLong","message":"too long","field":"data"}]}}"""));

        error.IsInvalid.Should().BeTrue();
        error.Code.Should().Be(422);
        error.Message.Should().Be("data is too long");
        error.Causes.Single().Field.Should().Be("data");
    }

    [TestCase("text/html", "<html><body>Bad gateway: a long page</body></html>")]
    [TestCase("application/json", """{"error":"not a status"}""")]
    [TestCase("application/json", """{"kind":"Status","message":null}""")]
    [TestCase("application/json", "{")]
    [TestCase("application/json", "[1]")]
    public void An_answer_of_something_before_the_server_is_named_and_not_quoted(string mediaType, string body)
    {
        ApiException error = Fail(CannedServer.Of(HttpStatusCode.BadGateway, body, mediaType));

        error.Code.Should().Be(502);
        error.IsTransient.Should().BeTrue();
        error.Message.Should().Contain("https://api.example:6443").And.Contain("502").And.Contain("GET /api/v1/namespaces/ns/configmaps/a").And.Contain(mediaType);
        error.Message.Should().NotContain("long page").And.NotContain("not a status");
    }

    [Test]
    public void A_short_plain_line_is_quoted_and_a_long_one_cut()
    {
        Fail(CannedServer.Of(HttpStatusCode.NotFound, "404 page not found\n", "text/plain")).Message.Should().EndWith(": 404 page not found.");
        Fail(CannedServer.Of(HttpStatusCode.NotFound, new string('x', 10_000_000), "text/plain")).Message.Length.Should().BeLessThan(400);
    }

    [Test]
    public void A_redirect_is_no_answer_of_an_API_server()
    {
        ApiException error = Fail(new CannedServer(_ =>
        {
            HttpResponseMessage response = CannedServer.Answer(Stream.Null, HttpStatusCode.Found);
            response.Headers.Location = new Uri("https://login.example/path?code=hidden");
            return response;
        }));

        error.Message.Should().Contain("https://login.example/path").And.NotContain("hidden");
    }

    [Test]
    public void An_endless_error_body_is_not_read_to_its_end()
    {
        var body = new EndlessStream();

        ApiException error = Fail(new CannedServer(_ => CannedServer.Answer(body, HttpStatusCode.InternalServerError)));

        error.Code.Should().Be(500);
        body.Delivered.Should().BeLessThan(2_000_000);
    }

    [Test]
    public void A_code_counts_even_if_its_body_does_not_come()
    {
        var body = new PiecewiseStream("{\"kind\":"u8.ToArray(), [3], new IOException("reset"));

        ApiException error = Fail(new CannedServer(_ => CannedServer.Answer(body, HttpStatusCode.Conflict)));

        error.IsConflict.Should().BeTrue();
        body.Disposals.Should().Be(1);
    }

    [TestCase(true, 7)]
    [TestCase(false, 30)]
    [TestCase(null, 3)]
    public void The_server_says_when_to_come_again(bool? inSeconds, int expected)
    {
        var server = default(CannedServer)!;
        server = new CannedServer(_ =>
        {
            HttpResponseMessage response = CannedServer.Answer(
                new MemoryStream("""{"kind":"Status","reason":"TooManyRequests","message":"slow down","details":{"retryAfterSeconds":3}}"""u8.ToArray()),
                HttpStatusCode.TooManyRequests);
            response.Headers.RetryAfter = inSeconds switch
            {
                true => new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)),
                false => new RetryConditionHeaderValue(server.World.Time.GetUtcNow().AddSeconds(30)),
                null => null,
            };
            return response;
        });

        ApiException error = Fail(server);

        error.IsTooManyRequests.Should().BeTrue();
        error.RetryAfter.Should().Be(TimeSpan.FromSeconds(expected));
    }

    [Test]
    public void What_breaks_below_HTTP_is_of_the_same_family_and_says_what_to_do()
    {
        (Exception Cause, ApiErrorReason Reason, string Advice)[] cases =
        [
            (new HttpRequestException(HttpRequestError.ConnectionError, "no", new SocketException((int)SocketError.ConnectionRefused)), ApiErrorReason.ConnectionRefused, "check the address"),
            (new HttpRequestException(HttpRequestError.ConnectionError, "no", new SocketException((int)SocketError.HostUnreachable)), ApiErrorReason.ConnectionLost, "check the address and the network"),
            (new HttpRequestException(HttpRequestError.NameResolutionError, "unknown host"), ApiErrorReason.ConnectionLost, "name server"),
            (new HttpRequestException(HttpRequestError.SecureConnectionError, "no", new AuthenticationException("certificate is invalid")), ApiErrorReason.ConnectionLost, "certificate authority"),
            (new HttpRequestException(HttpRequestError.ResponseEnded, "ended"), ApiErrorReason.ConnectionLost, "may have been applied"),
            (new IOException("broken pipe"), ApiErrorReason.ConnectionLost, "broken pipe"),
            (new SocketException((int)SocketError.ConnectionReset), ApiErrorReason.ConnectionLost, "Try again"),
            (new TaskCanceledException("connect", new TimeoutException()), ApiErrorReason.ConnectionLost, "in time"),
        ];
        foreach ((Exception cause, ApiErrorReason reason, string advice) in cases)
        {
            ApiException error = Fail(new CannedServer((_, _) => Task.FromException<HttpResponseMessage>(cause)));

            error.Reason.Should().Be(reason);
            error.IsTransient.Should().BeTrue();
            error.Code.Should().Be(0);
            error.InnerException.Should().BeSameAs(cause);
            error.Message.Should().Contain("https://api.example:6443").And.Contain(advice).And.NotContain("\n");
        }
    }

    [Test]
    public void A_defect_is_not_taken_for_a_lost_connection()
    {
        var server = new CannedServer((_, _) => throw new InvalidOperationException("a bug"));

        Action get = () => Get(server);

        get.Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void A_silent_server_times_out_by_the_runtimes_clock()
    {
        var server = Silent();
        server.Configuration = Configuration with { RequestTimeout = TimeSpan.FromSeconds(5) };
        DateTimeOffset start = server.World.Time.GetUtcNow();

        ApiException error = Fail(server);

        error.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        error.Message.Should().Contain("silent for 5 s");
        (server.World.Time.GetUtcNow() - start).Should().Be(TimeSpan.FromSeconds(5));
        server.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public async Task The_callers_cancellation_stays_one()
    {
        using var cancellation = new CancellationTokenSource();
        var server = Silent();
        Task<ConfigMap> get = server.Clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a"), cancellation.Token);

        cancellation.Cancel();

        Func<Task> wait = () => get;
        (await wait.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancellation.Token);
        Func<Task> again = () => server.Clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a"), cancellation.Token);
        await again.Should().ThrowAsync<OperationCanceledException>();
        server.Requests.Should().HaveCount(1);
        server.World.Time.ActiveTimers.Should().Be(0);
    }

    private static CannedServer Silent() => new(async (_, cancellationToken) =>
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    });

    private static ApiException Fail(CannedServer server)
    {
        if (server.Configuration.BearerToken is null)
            server.Configuration = server.Configuration.RequestTimeout == Configuration.RequestTimeout ? Configuration : server.Configuration with { BearerToken = Secret };

        Action get = () => Get(server);
        ApiException error = get.Should().Throw<ApiException>().Which;
        error.ToString().Should().NotContain(Secret).And.NotContain("hidden");
        return error;
    }

    private static ConfigMap Get(CannedServer server) =>
        server.World.Run(() => server.Clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a")));

    private sealed class EndlessStream : MemoryStream
    {
        public long Delivered { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            Delivered += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
