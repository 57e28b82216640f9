using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing.Faults;
using BuildController.Tests.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>What befalls single requests, as any HTTP client sees it.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class FaultyAnswerTests
{
    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task A_server_with_too_much_to_do_says_when_to_come_again([Values("1.1", "2.0")] string http)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.TooManyRequests) { Time = TimeSpan.FromSeconds(1.2) });

        using HttpResponseMessage response = await server.Http(http: http).GetAsync(new Uri(FaultyServer.Path, UriKind.Relative), Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        response.Headers.GetValues("Retry-After").Should().Equal("2");
        (await StatusAsync(response)).GetProperty("reason").GetString().Should().Be("TooManyRequests");
    }

    [TestCase(FaultKind.Conflict, 409, "Conflict")]
    [TestCase(FaultKind.InternalError, 500, "InternalError")]
    [TestCase(FaultKind.Unavailable, 503, "ServiceUnavailable")]
    public async Task A_refusal_is_a_status_that_says_it_is_a_fault(FaultKind kind, int code, string reason)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(kind));
        server.Create("a");
        using var patch = new StringContent("""{"data":{"x":"y"}}""", null, ServerFixture.MergePatch);

        using HttpResponseMessage response = await server.Http().PatchAsync($"{FaultyServer.Path}/a", patch, Cancellation);

        ((int)response.StatusCode).Should().Be(code);
        response.Headers.RetryAfter.Should().BeNull();
        JsonElement status = await StatusAsync(response);
        status.GetProperty("kind").GetString().Should().Be("Status");
        status.GetProperty("code").GetInt32().Should().Be(code);
        status.GetProperty("reason").GetString().Should().Be(reason);
        status.GetProperty("message").GetString().Should().EndWith("(a fault)");
    }

    [Test]
    public async Task A_reset_is_one_of_TCP_and_the_next_request_is_served(
        [Values("1.1", "2.0")] string http, [Values(FaultKind.Reset, FaultKind.AnswerLost, FaultKind.CrashBefore, FaultKind.CrashAfter)] FaultKind kind)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(null, new Fault(kind));
        HttpClient client = server.Http(http: http);
        var path = new Uri(FaultyServer.Path, UriKind.Relative);
        await client.GetStringAsync(path, Cancellation);

        HttpRequestException error = (await FluentActions.Awaiting(() => client.GetStringAsync(path, Cancellation)).Should().ThrowAsync<HttpRequestException>()).Which;

        error.GetBaseException().Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        (await client.GetStringAsync(path, Cancellation)).Should().Contain("ConfigMapList");
    }

    [Test]
    public async Task An_answer_that_is_lost_is_no_error_of_the_server_s(
        [Values("1.1", "2.0")] string http, [Values(FaultKind.Reset, FaultKind.AnswerLost, FaultKind.CrashAfter, FaultKind.ListTruncated)] FaultKind kind)
    {
        using var loggers = new CapturingLoggerFactory();
        await using (FaultyServer server = await FaultyServer.StartAsync(FaultyServer.ScriptOf(new Fault(kind)), runtime: new OperatorRuntime { LoggerFactory = loggers }))
        {
            server.Create("a");
            await FluentActions.Awaiting(() => server.Client(http: http).ListAsync("default", cancellationToken: Cancellation)).Should().ThrowAsync<ApiException>();
        }

        loggers.Entries.Should().NotContain(static entry => entry.Level >= LogLevel.Warning).And.Contain(static entry => entry.Message.StartsWith("me#1 list", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_reset_takes_with_it_whatever_else_goes_over_the_connection()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(null, new Fault(FaultKind.Reset));
        IResourceClient<UnstructuredObject> client = server.Client();
        await using IWatchStream<UnstructuredObject> watch = await client.WatchAsync("default", new WatchOptions(), Cancellation);
        await using IAsyncEnumerator<WatchEvent<UnstructuredObject>> events = watch.GetAsyncEnumerator(Cancellation);
        ValueTask<bool> next = events.MoveNextAsync();

        await FluentActions.Awaiting(() => client.ListAsync("default", cancellationToken: Cancellation)).Should().ThrowAsync<ApiException>();

        (await FluentActions.Awaiting(next.AsTask).Should().ThrowAsync<ApiException>()).Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
    }

    [Test]
    public async Task An_abrupt_end_of_an_answer_over_HTTP2_resets_its_stream_alone()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(null, new Fault(FaultKind.ListTruncated) { IsAbrupt = true });
        IResourceClient<UnstructuredObject> client = server.Client();
        await using IWatchStream<UnstructuredObject> watch = await client.WatchAsync("default", new WatchOptions(), Cancellation);
        await using IAsyncEnumerator<WatchEvent<UnstructuredObject>> events = watch.GetAsyncEnumerator(Cancellation);

        await FluentActions.Awaiting(() => client.ListAsync("default", cancellationToken: Cancellation)).Should().ThrowAsync<ApiException>();
        server.Create("a");

        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.Object!.Metadata.Name.Should().Be("a");
    }

    [Test]
    public async Task A_refusal_of_the_server_itself_comes_late_and_is_lost_like_any_answer([Values("1.1", "2.0")] string http)
    {
        TimeSpan late = TimeSpan.FromMilliseconds(50);
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.Slow) { Time = late }, new Fault(FaultKind.AnswerLost));
        IResourceClient<UnstructuredObject> client = server.Client(http: http);
        long start = TimeProvider.System.GetTimestamp();

        (await ErrorAsync(client)).Reason.Should().Be(ApiErrorReason.NotFound);
        TimeProvider.System.GetElapsedTime(start).Should().BeGreaterThan(late / 2);
        (await ErrorAsync(client)).Reason.Should().Be(ApiErrorReason.ConnectionLost);
    }

    [TestCase(FaultKind.WatchClosed)]
    [TestCase(FaultKind.WatchReset)]
    [TestCase(FaultKind.WatchHalfOpen)]
    [TestCase(FaultKind.WatchTruncated)]
    public async Task A_watch_that_is_refused_is_refused_whatever_would_have_befallen_it(FaultKind kind)
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(kind));

        using HttpResponseMessage response = await server.Http().GetAsync(new Uri($"{FaultyServer.Path}?watch=true&resourceVersion=nonsense", UriKind.Relative), Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatusAsync(response)).GetProperty("reason").GetString().Should().Be("BadRequest");
    }

    private static async Task<ApiException> ErrorAsync(IResourceClient<UnstructuredObject> client) =>
        (await FluentActions.Awaiting(() => client.GetAsync(FaultyServer.Key("missing"), Cancellation)).Should().ThrowAsync<ApiException>()).Which;

    private static async Task<JsonElement> StatusAsync(HttpResponseMessage response) => JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
}
