using System.Net;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server;

public sealed class WatchTests : ServerFixture
{
    [Test]
    public async Task Headers_come_before_the_first_event_and_each_event_comes_at_once()
    {
        string version = (await GetAsync(Demo.WidgetsPath)).GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
        using WatchReader watch = await WatchAsync($"resourceVersion={version}");

        watch.Response.StatusCode.Should().Be(HttpStatusCode.OK);
        watch.Response.Headers.TransferEncodingChunked.Should().BeTrue();
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));
        JsonElement added = (await watch.NextAsync())!.Value;
        await MergeAsync($"{Demo.WidgetsPath}/w", """{"spec":{"size":2}}""");
        JsonElement modified = (await watch.NextAsync())!.Value;
        await ExpectAsync(HttpStatusCode.OK, HttpMethod.Delete, $"{Demo.WidgetsPath}/w");
        JsonElement deleted = (await watch.NextAsync())!.Value;

        Types(added, modified, deleted).Should().Equal("ADDED", "MODIFIED", "DELETED");
        modified.GetProperty("object").GetProperty("spec").GetProperty("size").GetInt32().Should().Be(2);
    }

    [Test]
    public async Task A_streamed_list_ends_with_the_bookmark_that_says_so()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));

        using WatchReader watch = await WatchAsync("sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        JsonElement added = (await watch.NextAsync())!.Value;
        JsonElement bookmark = (await watch.NextAsync())!.Value;

        Types(added, bookmark).Should().Equal("ADDED", "BOOKMARK");
        bookmark.GetProperty("object").GetProperty("metadata").GetProperty("annotations").GetProperty("k8s.io/initial-events-end").GetString().Should().Be("true");
    }

    [Test]
    public async Task Initial_events_that_are_refused_are_not_sent()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("old"));

        using WatchReader watch = await WatchAsync("sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("new"));

        (await watch.NextAsync())!.Value.GetProperty("object").GetProperty("metadata").GetProperty("name").GetString().Should().Be("new");
    }

    [Test]
    public async Task A_watch_ends_cleanly_when_its_time_is_over()
    {
        using WatchReader watch = await WatchAsync("timeoutSeconds=1");

        (await watch.NextAsync()).Should().BeNull();
    }

    [Test]
    public async Task Tables_are_watched_with_the_headings_in_the_first_event_only()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("a"));
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("b"));

        using WatchReader watch = await WatchAsync(string.Empty, TableAccept);
        JsonElement first = (await watch.NextAsync())!.Value.GetProperty("object"), second = (await watch.NextAsync())!.Value.GetProperty("object");

        first.GetProperty("columnDefinitions").GetArrayLength().Should().Be(5);
        second.GetProperty("columnDefinitions").GetArrayLength().Should().Be(0);
        second.GetProperty("rows")[0].GetProperty("cells")[0].GetString().Should().Be("b");
    }

    [Test]
    public async Task Metadata_alone_is_watched_by_those_who_ask()
    {
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("a"));

        using WatchReader watch = await WatchAsync(string.Empty, MetadataAccept);
        JsonElement item = (await watch.NextAsync())!.Value.GetProperty("object");

        item.GetProperty("kind").GetString().Should().Be("PartialObjectMetadata");
        item.TryGetProperty("spec", out _).Should().BeFalse();
    }

    [Test]
    public async Task A_version_that_is_no_longer_kept_is_told_as_expired()
    {
        JsonElement old = await CreateAsync(Demo.WidgetsPath, Demo.Widget("a"));
        await MergeAsync($"{Demo.WidgetsPath}/a", """{"spec":{"size":2}}""");
        Cluster.Compact();
        string version = old.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;

        using WatchReader watch = await WatchAsync($"resourceVersion={version}");
        JsonElement status = watch.Response.IsSuccessStatusCode
            ? (await watch.NextAsync())!.Value.GetProperty("object")
            : JsonElement.Parse(await watch.Response.Content.ReadAsStringAsync(Cancellation));

        status.GetProperty("code").GetInt32().Should().Be(410);
        status.GetProperty("reason").GetString().Should().Be("Expired");
    }

    [TestCase("sendInitialEvents=true")]
    [TestCase("resourceVersionMatch=NotOlderThan")]
    [TestCase("sendInitialEvents=true&resourceVersionMatch=Exact")]
    public async Task Watch_options_that_make_no_sense_are_refused(string query) =>
        await ExpectAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Get, $"{Demo.WidgetsPath}?watch=true&{query}");

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Stopping_the_server_ends_open_watches_cleanly(string version)
    {
        using WatchReader watch = await WatchAsync("resourceVersion=0", version: Version.Parse(version));
        using WatchReader busy = await WatchAsync(string.Empty, version: Version.Parse(version));
        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));
        await busy.NextAsync();
        await watch.NextAsync();
        long started = TimeProvider.System.GetTimestamp();

        await Server.DisposeAsync();

        (await watch.NextAsync()).Should().BeNull("the stream ends between two events, without a broken connection");
        (await busy.NextAsync()).Should().BeNull();
        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(4), "the server does not wait for its clients");
    }

    [Test]
    public async Task Many_watches_share_one_connection_and_all_see_the_event()
    {
        var watches = new List<WatchReader>();
        for (int i = 0; i < 120; i++)
            watches.Add(await WatchAsync("resourceVersion=0", version: HttpVersion.Version20));

        await CreateAsync(Demo.WidgetsPath, Demo.Widget("w"));

        foreach (WatchReader watch in watches)
        {
            (await watch.NextAsync())!.Value.GetProperty("type").GetString().Should().Be("ADDED");
            watch.Dispose();
        }
    }

    private static IEnumerable<string?> Types(params JsonElement[] events) => events.Select(static item => item.GetProperty("type").GetString());

    private async Task<WatchReader> WatchAsync(string query, string? accept = null, Version? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{Demo.WidgetsPath}?watch=true&{query}");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        if (version is not null)
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);

        HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        return new WatchReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation)));
    }

    private sealed record WatchReader(HttpResponseMessage Response, StreamReader Lines) : IDisposable
    {
        /// <summary>The next event, or null at the clean end of the stream.</summary>
        public async Task<JsonElement?> NextAsync() => await Lines.ReadLineAsync(Cancellation) is { } line ? JsonElement.Parse(line) : null;

        public void Dispose()
        {
            Lines.Dispose();
            Response.Dispose();
        }
    }
}
