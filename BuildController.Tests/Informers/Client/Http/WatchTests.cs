using System.Net;
using System.Text;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

public sealed class WatchTests
{
    private const string Added = """{"type":"ADDED","object":{"metadata":{"name":"a","namespace":"ns","resourceVersion":"5"},"data":{"k":"}\n"}}}""";
    private const string Bookmark = """{"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}""";
    private const string Expired = """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (5)"}}""";

    [Test]
    public void Events_come_out_the_same_wherever_the_network_cuts_them()
    {
        string text = $"{Added}\n{Bookmark}\n";
        int length = Encoding.UTF8.GetByteCount(text);
        for (int cut = 1; cut <= length; cut++)
        {
            List<WatchEvent<ConfigMap>> events = Read(PiecewiseStream.Of(text, cut, length));

            events.Select(next => (next.Type, next.ResourceVersion, next.Object?.Metadata.Name, next.EndsInitialEvents)).Should().Equal(
                [(WatchEventType.Added, "5", "a", false), (WatchEventType.Bookmark, "9", null, true)], $"cut at {cut}");
        }
    }

    [TestCase("""{"object":{"metadata":{"name":"a","resourceVersion":"5"}},"type":"MODIFIED"}""")]
    [TestCase("""{"type":"MODIFIED","object":{"metadata":{"name":"a","resourceVersion":"5"}},"more":[1]}""")]
    [TestCase("""{"x":{"type":"ADDED"},"type":"MODIFIED", "object" : {"metadata":{"name":"a","resourceVersion":"5"}} }""")]
    public void Members_of_an_event_come_in_any_order(string line)
    {
        WatchEvent<ConfigMap> next = Read(PiecewiseStream.Of(line + "\n")).Single();

        (next.Type, next.ResourceVersion, next.Object!.Metadata.Name).Should().Be((WatchEventType.Modified, "5", "a"));
    }

    [Test]
    public void Blank_lines_carriage_returns_and_a_missing_last_newline_do_not_matter() =>
        Read(PiecewiseStream.Of($"\n{Added}\r\n \n{Added}")).Should().HaveCount(2);

    [TestCase("""{"metadata":{"resourceVersion":"9"}}""", false)]
    [TestCase("""{"metadata":{"annotations":{"k8s.io/initial-events-end":"false"},"resourceVersion":"9"}}""", false)]
    [TestCase("""{"metadata":{"annotations":{"k8s.io/initial-events-end":true},"resourceVersion":"9"}}""", false)]
    [TestCase("""{"metadata":{"annotations":{"x":"y","k8s.io/initial-events-end":"true","z":"1"},"resourceVersion":"9"}}""", true)]
    [TestCase("""{"kind":"ConfigMap","metadata":{"annotations":null,"resourceVersion":"9"},"data":{}}""", false)]
    public void Only_a_bookmark_that_says_true_ends_the_initial_events(string json, bool ends)
    {
        WatchEvent<ConfigMap> next = Read(PiecewiseStream.Of($$"""{"type":"BOOKMARK","object":{{json}}}""" + "\n")).Single();

        (next.Type, next.ResourceVersion, next.EndsInitialEvents).Should().Be((WatchEventType.Bookmark, "9", ends));
    }

    [Test]
    public void The_version_is_found_even_if_the_type_does_not_keep_it()
    {
        var server = CannedServer.Of(PiecewiseStream.Of(Added));

        WatchEvent<string> next = Read(server, Types.NameOnly).Single();

        (next.Object, next.ResourceVersion).Should().Be(("a", "5"));
    }

    [Test]
    public void An_error_event_is_the_last_one()
    {
        List<WatchEvent<ConfigMap>> events = Read(PiecewiseStream.Of($"{Added}\n{Expired}\n{Added}\n"));

        events.Select(next => next.Type).Should().Equal(WatchEventType.Added, WatchEventType.Error);
        events[1].Error!.IsExpired.Should().BeTrue();
        events[1].Error!.Code.Should().Be(410);
    }

    [Test]
    public void A_stream_cut_within_a_line_is_a_lost_connection()
    {
        for (int length = 1; length < Added.Length; length++)
        {
            var events = new List<WatchEvent<ConfigMap>>();
            Action read = () => Read(CannedServer.Of(PiecewiseStream.Of($"{Added}\n{Added[..length]}")), Types.ConfigMap, events.Add);

            read.Should().Throw<ApiException>($"cut after {length}").Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
            events.Should().HaveCount(1);
        }
    }

    [Test]
    public void A_connection_that_breaks_is_lost_and_the_events_before_it_count()
    {
        var body = new PiecewiseStream(Encoding.UTF8.GetBytes(Added + "\n"), [int.MaxValue], new IOException("reset by peer"));
        var events = new List<WatchEvent<ConfigMap>>();

        Action read = () => Read(CannedServer.Of(body), Types.ConfigMap, events.Add);

        read.Should().Throw<ApiException>().Which.Message.Should().Contain("WATCH /api/v1/configmaps").And.Contain("reset by peer");
        events.Should().HaveCount(1);
        body.Disposals.Should().Be(1);
    }

    [TestCase("garbage")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"type":"ADDED"}""")]
    [TestCase("""{"object":{}}""")]
    [TestCase("""{"type":"ADDED","object":null}""")]
    [TestCase("""{"type":"ADDED","object":{"metadata":}}""")]
    [TestCase("""{"type":"ADDED","object":{"metadata":{"name":1}}}""")]
    [TestCase("""{"type":"RENAMED","object":{}}""")]
    [TestCase("""{"type":1,"object":{}}""")]
    [TestCase("""{"type":"BOOKMARK","object":{"metadata":{}}}""")]
    [TestCase("""{"type":"BOOKMARK","object":{}}""")]
    [TestCase("""{"type":"ERROR","object":[]}""")]
    public void A_line_that_is_no_event_is_refused(string line)
    {
        Action read = () => Read(PiecewiseStream.Of(line + "\n"));

        read.Should().Throw<ApiException>().Which.Reason.Should().Be(ApiErrorReason.MalformedResponse);
    }

    [Test]
    public void A_line_may_be_of_any_size()
    {
        string huge = new('x', 5_000_000);
        string line = """{"type":"ADDED","object":{"metadata":{"name":"a"},"data":{"k":"HUGE"}}}""".Replace("HUGE", huge, StringComparison.Ordinal);

        List<WatchEvent<ConfigMap>> events = Read(PiecewiseStream.Of($"{Added}\n{line}\n{Added}\n{Added}\n", 8_000));

        events.Should().HaveCount(4);
        events[1].Object!.Data["k"].Length.Should().Be(huge.Length);
    }

    [TestCase("""{"type":"ADDED","object":OBJECT}""")]
    [TestCase("""{"object":OBJECT,"type":"ADDED"}""")]
    public void An_object_may_be_deep(string line)
    {
        string deep = """{"metadata":{"name":"a","resourceVersion":"5"},"spec":""" + string.Concat(Enumerable.Repeat("{\"a\":[", 200)) + string.Concat(Enumerable.Repeat("]}", 200)) + "}";
        Stream Body() => PiecewiseStream.Of(line.Replace("OBJECT", deep, StringComparison.Ordinal));

        Read(CannedServer.Of(Body()), Types.AnyConfigMap).Single().Object!.ToString().Should().Be(deep);
        Read(CannedServer.Of(Body()), Types.NameOnly).Single().ResourceVersion.Should().Be("5");
    }

    [Test]
    public void A_damaged_stream_is_read_or_refused_and_nothing_else()
    {
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = Encoding.UTF8.GetBytes($"{Added}\n{Bookmark}\n{Expired}\n");
            for (int i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)"{}[]\",:\\ x\n\0"[random.Next(12)];

            try
            {
                Read(new PiecewiseStream(bytes, [random.Next(1, 100)]));
            }
            catch (ApiException error)
            {
                error.Reason.Should().BeOneOf(ApiErrorReason.MalformedResponse, ApiErrorReason.ConnectionLost);
            }
        }
    }

    [Test]
    public void The_watch_is_open_before_the_first_event_and_may_be_idle_for_hours()
    {
        var server = CannedServer.Of(new PiecewiseStream([], [1], staysOpen: true));

        IWatchStream<ConfigMap> stream = Open(server, Types.ConfigMap);
        Task<bool> first = stream.GetAsyncEnumerator().MoveNextAsync().AsTask();
        server.World.Advance(TimeSpan.FromHours(5));

        first.IsCompleted.Should().BeFalse();
        server.World.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void Opening_a_watch_is_bounded()
    {
        var server = new CannedServer(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        });

        Action open = () => Open(server, Types.ConfigMap);

        open.Should().Throw<ApiException>().Which.Message.Should().Contain("silent for 60 s");
    }

    [Test]
    public void A_refused_watch_throws_where_it_is_opened()
    {
        Action open = () => Open(CannedServer.Of(HttpStatusCode.Gone, """{"kind":"Status","reason":"Expired","code":410,"message":"old"}"""), Types.ConfigMap);

        open.Should().Throw<ApiException>().Which.IsExpired.Should().BeTrue();
    }

    [Test]
    public async Task Disposing_the_stream_ends_a_pending_read_cleanly_and_aborts_the_request_once()
    {
        var body = new PiecewiseStream([], [1], staysOpen: true);
        var server = CannedServer.Of(body);
        IWatchStream<ConfigMap> stream = Open(server, Types.ConfigMap);
        IAsyncEnumerator<WatchEvent<ConfigMap>> events = stream.GetAsyncEnumerator();
        ValueTask<bool> next = events.MoveNextAsync();
        body.IsReadPending.Should().BeTrue();

        await stream.DisposeAsync();
        await stream.DisposeAsync();

        (await next).Should().BeFalse();
        await events.DisposeAsync();
        body.Disposals.Should().Be(1);
    }

    [Test]
    public async Task Leaving_the_loop_aborts_the_request()
    {
        var body = new PiecewiseStream(Encoding.UTF8.GetBytes(Added + "\n"), [int.MaxValue], staysOpen: true);
        IWatchStream<ConfigMap> stream = Open(CannedServer.Of(body), Types.ConfigMap);

        await foreach (WatchEvent<ConfigMap> _ in stream)
            break;

        body.Disposals.Should().Be(1);
        await stream.DisposeAsync();
        body.Disposals.Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Cancellation_ends_a_pending_read_and_is_no_error_of_the_server(bool byEnumerator)
    {
        using var cancellation = new CancellationTokenSource();
        var body = new PiecewiseStream([], [1], staysOpen: true);
        var server = CannedServer.Of(body);
        CancellationToken none = CancellationToken.None;
        IWatchStream<ConfigMap> stream = await server.Clientset.Resource(Types.ConfigMap)
            .WatchAsync(null, new WatchOptions(), byEnumerator ? none : cancellation.Token);
        IAsyncEnumerator<WatchEvent<ConfigMap>> events = stream.GetAsyncEnumerator(byEnumerator ? cancellation.Token : none);
        Task<bool> next = events.MoveNextAsync().AsTask();

        cancellation.Cancel();

        Func<Task> wait = () => next;
        (await wait.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancellation.Token);
        body.Disposals.Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task No_event_is_handed_out_after_cancellation_even_if_it_has_come(bool byEnumerator)
    {
        using var cancellation = new CancellationTokenSource();
        var server = CannedServer.Of(PiecewiseStream.Of($"{Added}\n{Added}\n"));
        CancellationToken none = CancellationToken.None;
        await using IWatchStream<ConfigMap> stream = await server.Clientset.Resource(Types.ConfigMap)
            .WatchAsync(null, new WatchOptions(), byEnumerator ? none : cancellation.Token);
        int seen = 0;

        Func<Task> read = async () =>
        {
            await foreach (WatchEvent<ConfigMap> _ in stream.WithCancellation(byEnumerator ? cancellation.Token : none))
            {
                seen++;
                cancellation.Cancel();
            }
        };

        await read.Should().ThrowAsync<OperationCanceledException>();
        seen.Should().Be(1);
    }

    [Test]
    public async Task No_event_is_handed_out_after_disposal_even_if_it_has_come()
    {
        IWatchStream<ConfigMap> stream = Open(CannedServer.Of(PiecewiseStream.Of($"{Added}\n{Added}\n")), Types.ConfigMap);
        int seen = 0;

        await foreach (WatchEvent<ConfigMap> _ in stream)
        {
            seen++;
            await stream.DisposeAsync();
        }

        seen.Should().Be(1);
    }

    [Test]
    public void A_stream_is_enumerated_once()
    {
        IWatchStream<ConfigMap> stream = Open(CannedServer.Of(PiecewiseStream.Of(Added)), Types.ConfigMap);
        _ = stream.GetAsyncEnumerator();

        Action again = () => stream.GetAsyncEnumerator();

        again.Should().Throw<InvalidOperationException>();
    }

    [Test]
    public async Task Disposing_the_clientset_ends_its_streams_with_an_error()
    {
        var body = new PiecewiseStream([], [1], staysOpen: true);
        var server = CannedServer.Of(body);
        IAsyncEnumerator<WatchEvent<ConfigMap>> events = Open(server, Types.ConfigMap).GetAsyncEnumerator();
        Task<bool> next = events.MoveNextAsync().AsTask();

        await server.Clientset.DisposeAsync();

        Func<Task> wait = () => next;
        (await wait.Should().ThrowAsync<ApiException>()).Which.Message.Should().Contain("disposed");
        body.Disposals.Should().Be(1);
        Func<Task> later = () => server.Clientset.Resource(Types.ConfigMap).GetAsync(new ObjectKey("ns", "a"));
        await later.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public void Options_become_the_query_and_nothing_is_compressed()
    {
        var server = CannedServer.Of(HttpStatusCode.OK, string.Empty);
        server.World.Run(async () =>
        {
            IResourceClient<ConfigMap> client = server.Clientset.Resource(Types.ConfigMap);
            await client.WatchAsync("ns", WatchOptions.From("7") with { Timeout = TimeSpan.FromSeconds(300.5), LabelSelector = "a=b", FieldSelector = "c=d" });
            await client.WatchAsync(null, new WatchOptions { AllowBookmarks = false });
            await client.WatchAsync(null, new WatchOptions { SendInitialEvents = true });
        });

        server.Requests.Select(request => request.Url).Should().Equal(
            "/base/api/v1/namespaces/ns/configmaps?watch=true&labelSelector=a%3Db&fieldSelector=c%3Dd&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=301",
            "/base/api/v1/configmaps?watch=true",
            "/base/api/v1/configmaps?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
        server.Requests.Should().OnlyContain(request => request.AcceptEncoding.Length == 0);
    }

    private static IWatchStream<T> Open<T>(CannedServer server, ResourceType<T> type)
        where T : class =>
        server.World.Run(() => server.Clientset.Resource(type).WatchAsync(null, new WatchOptions()));

    private static List<WatchEvent<ConfigMap>> Read(Stream body) => Read(CannedServer.Of(body), Types.ConfigMap);

    private static List<WatchEvent<T>> Read<T>(CannedServer server, ResourceType<T> type, Action<WatchEvent<T>>? visit = null)
        where T : class
    {
        var events = new List<WatchEvent<T>>();
        server.World.Run(async () =>
        {
            await using IWatchStream<T> stream = await server.Clientset.Resource(type).WatchAsync(null, new WatchOptions());
            await foreach (WatchEvent<T> next in stream)
            {
                events.Add(next);
                visit?.Invoke(next);
            }
        });
        return events;
    }
}
