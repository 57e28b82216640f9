using System.Text;
using System.Text.Json;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>The lines of a watch that something befalls, as any HTTP client reads them.</summary>
[TestFixture("1.1")]
[TestFixture("2.0")]
[CancelAfter(60_000)]
public sealed class FaultyWatchResponseTests(string http)
{
    private static readonly Uri WatchPath = new($"{FaultyServer.Path}?watch=true", UriKind.Relative);

    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task A_half_open_watch_stays_open_in_silence_until_the_server_stops()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchHalfOpen) { AfterEvents = 1 });
        server.Create("a", "b");
        HttpClient client = server.Http(http: http);
        StreamReader faulty = await WatchAsync(client), healthy = await WatchAsync(client);
        NameOf(await faulty.ReadLineAsync(Cancellation)).Should().Be("a");
        Task<string?> silent = faulty.ReadLineAsync(Cancellation).AsTask();

        foreach (string name in new[] { "a", "b" })
            NameOf(await healthy.ReadLineAsync(Cancellation)).Should().Be(name, "the connection itself works");

        (await client.GetStringAsync(new Uri(FaultyServer.Path, UriKind.Relative), Cancellation)).Should().Contain("ConfigMapList");
        silent.IsCompleted.Should().BeFalse();
        await server.Api.DisposeAsync();
        (await silent).Should().BeNull("the stream ends in order");
    }

    [Test]
    public async Task A_half_open_watch_from_the_start_has_its_headers_and_does_not_hold_up_a_stop()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchHalfOpen));
        server.Create("a");
        StreamReader watch = await WatchAsync(server.Http(http: http));
        Task<string?> silent = watch.ReadLineAsync(Cancellation).AsTask();
        long start = TimeProvider.System.GetTimestamp();

        await server.Api.DisposeAsync();

        (await silent).Should().BeNull();
        TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(4));
    }

    [Test]
    public async Task A_watch_that_is_closed_ends_between_two_lines()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchClosed) { AfterEvents = 1 });
        server.Create("a", "b");

        string text = await (await WatchAsync(server.Http(http: http))).ReadToEndAsync(Cancellation);

        text.Should().EndWith("}\n");
        NameOf(text).Should().Be("a");
    }

    [Test]
    public async Task A_truncated_watch_ends_within_a_line_and_HTTP_finds_nothing_wrong()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchTruncated) { AfterEvents = 1 });
        server.Create("a", "b");

        string[] lines = (await (await WatchAsync(server.Http(http: http))).ReadToEndAsync(Cancellation)).Split('\n');

        lines.Should().HaveCount(2);
        NameOf(lines[0]).Should().Be("a");
        lines[1].Should().StartWith("{\"type\":");
        FluentActions.Invoking(() => JsonElement.Parse(lines[1])).Should().Throw<JsonException>();
    }

    [Test]
    public async Task An_abruptly_truncated_watch_is_broken_off_within_a_line()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchTruncated) { IsAbrupt = true });
        StreamReader watch = await WatchAsync(server.Http(http: http));

        await FluentActions.Awaiting(() => watch.ReadToEndAsync(Cancellation)).Should().ThrowAsync<IOException>();
    }

    [Test]
    public async Task Garbage_is_a_line_of_its_own_between_the_true_ones()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchGarbage) { AfterEvents = 1 });
        server.Create("a", "b");
        StreamReader watch = await WatchAsync(server.Http(http: http));

        string? first = await watch.ReadLineAsync(Cancellation), garbage = await watch.ReadLineAsync(Cancellation), second = await watch.ReadLineAsync(Cancellation);

        NameOf(first).Should().Be("a");
        FluentActions.Invoking(() => JsonElement.Parse(garbage!)).Should().Throw<JsonException>();
        NameOf(second).Should().Be("b");
    }

    [Test]
    public async Task An_event_that_comes_twice_is_the_same_line_twice()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchDuplicated) { AfterEvents = 1 });
        server.Create("a", "b", "c");
        StreamReader watch = await WatchAsync(server.Http(http: http));

        var lines = new List<string?>();
        while (lines.Count < 4)
            lines.Add(await watch.ReadLineAsync(Cancellation));

        lines.Select(NameOf).Should().Equal("a", "b", "b", "c");
        lines[2].Should().Be(lines[1]);
    }

    [Test]
    public async Task A_watch_that_expires_says_so_as_real_servers_do_and_ends()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchExpired));
        StreamReader watch = await WatchAsync(server.Http(http: http));

        var line = JsonElement.Parse((await watch.ReadLineAsync(Cancellation))!);

        line.GetProperty("type").GetString().Should().Be("ERROR");
        line.GetProperty("object").GetProperty("code").GetInt32().Should().Be(410);
        line.GetProperty("object").GetProperty("reason").GetString().Should().Be("Expired");
        (await watch.ReadLineAsync(Cancellation)).Should().BeNull();
    }

    [Test]
    public async Task Faults_befall_watches_of_tables_too()
    {
        await using FaultyServer server = await FaultyServer.StartAsync(new Fault(FaultKind.WatchClosed) { AfterEvents = 1 });
        server.Create("a", "b");

        string text = await (await WatchAsync(server.Http(http: http), ServerFixture.TableAccept)).ReadToEndAsync(Cancellation);

        JsonElement.Parse(text).GetProperty("object").GetProperty("rows").GetArrayLength().Should().Be(1);
    }

    private static async Task<StreamReader> WatchAsync(HttpClient client, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, WatchPath) { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation), Encoding.UTF8);
    }

    private static string? NameOf(string? line) => JsonElement.Parse(line!).GetProperty("object").GetProperty("metadata").GetProperty("name").GetString();
}
