using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Execution;
using BuildController.Tests.Informers.Client.Configuration;
using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Http;

public sealed class RequestTelemetryTests
{
    private const string Answer = """{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"8"}}""";
    private const string AnswerList = """{"kind":"ConfigMapList","metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a","namespace":"ns"}}]}""";
    private const string Of = "k8s.resource=configmaps http.request.method";
    private static readonly ObjectKey Key = new("ns", "a");

    [Test]
    public void Requests_are_counted_by_code_method_and_host_and_timed_until_their_headers_by_verb_and_host()
    {
        using var scene = new Scene(async (request, server, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5), server.World.Time, CancellationToken.None);
            return CannedServer.Answer(Body(request.RequestUri!.Query.Contains("watch") ? "" : request.RequestUri.AbsolutePath.EndsWith("configmaps", StringComparison.Ordinal) && request.Method == HttpMethod.Get ? AnswerList : Answer),
                request.Method == HttpMethod.Delete ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        });
        UnstructuredObject value = UnstructuredObject.Parse("""{"metadata":{"name":"a","namespace":"ns"}}""");
        scene.World.Run(async () =>
        {
            IResourceClient<UnstructuredObject> client = scene.Client(Types.AnyConfigMap);
            await client.GetAsync(Key);
            await client.ListAsync("ns");
            await (await client.WatchAsync("ns", WatchOptions.From("1"))).DisposeAsync();
            await client.CreateAsync(value);
            await client.ReplaceAsync(value);
            await client.PatchStatusAsync(Key, Patch.Merge([]));
            await client.DeleteIfExistsAsync(Key);
        });

        scene.Meter.Lines.Should().Equal(
            "rest_client_requests_total 1 code=200 method=GET host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=get host=api.example:6443",
            "rest_client_requests_total 1 code=200 method=GET host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=list host=api.example:6443",
            "rest_client_requests_total 1 code=200 method=GET host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=watch host=api.example:6443",
            "rest_client_requests_total 1 code=200 method=POST host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=create host=api.example:6443",
            "rest_client_requests_total 1 code=200 method=PUT host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=update host=api.example:6443",
            "rest_client_requests_total 1 code=200 method=PATCH host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=patch host=api.example:6443",
            "rest_client_requests_total 1 code=404 method=DELETE host=api.example:6443", "rest_client_request_duration_seconds 0.5 verb=delete host=api.example:6443");
        ((Histogram<double>)scene.Meter.Instruments[MetricNames.ClientRequestDuration]).Advice!.HistogramBucketBoundaries
            .Should().Equal(.005, .025, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60);
    }

    [Test]
    public void A_request_without_an_answer_is_counted_as_an_error_and_not_timed()
    {
        using var scene = new Scene((_, _, _) => throw new IOException("reset"));

        scene.Catch<ApiException>(client => client.GetAsync(Key));

        scene.Meter.Lines.Should().Equal("rest_client_requests_total 1 code=<error> method=GET host=api.example:6443");
    }

    [Test]
    public void A_request_that_is_sent_again_with_a_renewed_token_counts_twice_and_is_one_span()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("token", "old");
        using var scene = new Scene((request, _, _) =>
        {
            bool isNew = request.Headers.Authorization!.Parameter == "new";
            folder.Write("token", "new");
            return Task.FromResult(CannedServer.Answer(Body(Answer), isNew ? HttpStatusCode.OK : HttpStatusCode.Unauthorized));
        }, configuration => configuration with { BearerTokenFile = file });

        scene.World.Run(() => scene.Client(Types.ConfigMap).GetAsync(Key));

        scene.Meter.Lines.Where(static text => text.Contains("requests_total")).Should().Equal(
            "rest_client_requests_total 1 code=401 method=GET host=api.example:6443", "rest_client_requests_total 1 code=200 method=GET host=api.example:6443");
        scene.Spans.Told.Should().Equal($"client.request 0 s k8s.verb=get {Of}=GET server.address=api.example:6443 http.response.status_code=200");
    }

    [Test]
    public void A_span_lasts_until_the_answer_has_been_read_and_of_a_watch_until_it_was_accepted()
    {
        using var scene = new Scene(async (request, server, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), server.World.Time, CancellationToken.None);
            return CannedServer.Answer(new SlowStream(Body(request.RequestUri!.Query.Contains("watch") ? "" : AnswerList), server.World.Time));
        });
        scene.World.Run(async () =>
        {
            await scene.Client(Types.ConfigMap).ListAsync("ns");
            await using IWatchStream<ConfigMap> watch = await scene.Client(Types.ConfigMap).WatchAsync("ns", WatchOptions.From("1"));
            scene.Spans.Ended.Should().HaveCount(2);
            await using IAsyncEnumerator<WatchEvent<ConfigMap>> events = watch.GetAsyncEnumerator();
            (await events.MoveNextAsync()).Should().BeFalse();
        });

        scene.Spans.Told.Should().Equal(
            $"client.request 5 s k8s.verb=list {Of}=GET server.address=api.example:6443 http.response.status_code=200",
            $"client.request 1 s k8s.verb=watch {Of}=GET server.address=api.example:6443 http.response.status_code=200");
        scene.Spans.Ended.Should().OnlyContain(static span => span.Kind == ActivityKind.Client);
        scene.Spans.Ended[0].StartTimeUtc.Should().Be(new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc), "the clock is the runtime's");
    }

    [Test]
    public void A_span_says_of_what_kind_the_failure_was()
    {
        const string Start = $"client.request 0 s k8s.verb=get {Of}=GET server.address=api.example:6443";
        Told(static () => throw new IOException("reset")).Should().Be($"{Start} error.type=ConnectionLost ERROR");
        Told(static () => CannedServer.Answer(Stream.Null, HttpStatusCode.NotFound)).Should().Be($"{Start} http.response.status_code=404 error.type=NotFound ERROR");
        Told(static () => CannedServer.Answer(Body("{"))).Should().Be($"{Start} http.response.status_code=200 error.type=MalformedResponse ERROR");
        Told(static () => CannedServer.Answer(new PiecewiseStream("{"u8.ToArray(), [1], new IOException("reset")))).Should().Be($"{Start} http.response.status_code=200 error.type=ConnectionLost ERROR");

        static string Told(Func<HttpResponseMessage> answer)
        {
            using var scene = new Scene((_, _, _) => Task.FromResult(answer()));
            scene.Catch<ApiException>(client => client.GetAsync(Key));
            return scene.Spans.Told.Single();
        }
    }

    [Test]
    public void A_list_cut_off_and_a_visitor_that_throws_are_failures_and_an_object_passed_over_is_none()
    {
        using var scene = new Scene((_, _, _) => Task.FromResult(CannedServer.Answer(Body(AnswerList[..^2]))));
        scene.Catch<ApiException>(client => client.ListAsync("ns"));
        scene.Catch<FormatException>(client => client.ListAsync("ns", ListOptions.Default, _ => throw new FormatException("Bad.")));
        scene.Spans.Ended.Select(static span => span.GetTagItem(ActivityNames.ErrorTag)).Should().Equal("ConnectionLost", "FormatException");

        using var poisoned = new Scene((_, _, _) => Task.FromResult(CannedServer.Answer(Body("""{"kind":"ConfigMapList","items":[{"metadata":{"name":"a","namespace":"ns"},"data":7}]}"""))));
        poisoned.World.Run(() => poisoned.Client(Types.ConfigMap).ListAsync("ns", new ListOptions { OnUndecodable = _ => { } }));
        poisoned.Spans.Ended.Single().GetTagItem(ActivityNames.ErrorTag).Should().BeNull();
    }

    [Test]
    public void A_cancelled_request_is_told_as_that_and_is_no_error()
    {
        using var stop = new CancellationTokenSource();
        using var scene = new Scene(async (_, server, cancellationToken) =>
        {
            server.World.Time.CreateTimer(_ => stop.Cancel(), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return null!;
        });

        scene.Catch<OperationCanceledException>(client => client.GetAsync(Key, stop.Token));

        scene.Spans.Told.Should().Equal($"client.request 2 s k8s.verb=get {Of}=GET server.address=api.example:6443 error.type=Cancelled");
        scene.Meter.Lines.Should().Equal("rest_client_requests_total 1 code=<error> method=GET host=api.example:6443");
    }

    [Test]
    public void A_span_is_below_the_callers_and_current_only_while_the_request_is_sent()
    {
        var during = new List<Activity?>();
        using var scene = new Scene((_, _, _) =>
        {
            during.Add(Activity.Current);
            return Task.FromResult(CannedServer.Answer(Body(AnswerList)));
        });
        using var callers = new Activity("caller");
        var seen = new List<Activity?>();
        scene.World.Run(async () =>
        {
            callers.Start();
            await scene.Client(Types.ConfigMap).ListAsync("ns", ListOptions.Default, _ => seen.Add(Activity.Current));
            seen.Add(Activity.Current);
            await using IWatchStream<ConfigMap> watch = await scene.Client(Types.ConfigMap).WatchAsync("ns", WatchOptions.From("1"));
            seen.Add(Activity.Current);
        });

        during.Should().Equal(scene.Spans.Ended);
        scene.Spans.Ended.Should().HaveCount(2).And.OnlyContain(span => span.ParentSpanId == callers.SpanId && span.TraceId == callers.TraceId);
        seen.Should().HaveCount(3).And.OnlyContain(current => current == callers, "what the caller does meanwhile is not the request's");
    }

    [Test]
    public void The_end_of_a_span_leaves_the_current_one_alone_wherever_it_is()
    {
        using var spans = new SpanProbe();
        Activity span = ActivityNames.Source.Begin("one", ActivityKind.Internal, TimeProvider.System)!;
        Activity another = new Activity("another").Start();

        span.End(TimeProvider.System);

        Activity.Current.Should().BeSameAs(another);
        spans.Ended.Should().Equal(span);
        Activity.Current = null;
    }

    [Test]
    public void Each_try_is_a_span()
    {
        int calls = 0;
        using var scene = new Scene((_, _, _) => Task.FromResult(calls++ == 0 ? CannedServer.Answer(Stream.Null, HttpStatusCode.BadGateway) : CannedServer.Answer(Body(Answer))));

        scene.World.Run(() => scene.Server.Clientset.WithRetry(runtime: scene.Meter.Runtime).Resource(Types.ConfigMap).GetAsync(Key));

        scene.Spans.Ended.Select(static span => span.GetTagItem(ActivityNames.StatusCodeTag)).Should().Equal(502, 200);
    }

    [Test]
    public async Task While_nobody_listens_nothing_is_allocated_for_telemetry()
    {
        OperatorRuntime runtime = OperatorRuntime.Default;
        var configuration = new ClusterConfiguration { Server = new Uri("https://api.example:6443") };
        var request = new ApiRequest(RequestVerb.Get, Types.ConfigMap, "api/v1/namespaces/ns/configmaps/a");
        await using var api = new ApiTransport(configuration, runtime, CredentialSource.Of(configuration, runtime), CannedServer.Of(HttpStatusCode.OK, Answer));
        ClientMetrics metrics = ClientMetrics.Of(runtime);
        using var message = new HttpRequestMessage();
        bool isTraced = false;
        Measure();

        Measure().Should().Be(0);
        isTraced.Should().BeFalse();

        long Measure()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                isTraced |= RequestSpan.Begin(api, request) is not null;
                RequestSpan.Propagate(null, message);
                metrics.Answered(request.Verb, request.Method.Method, api.Host, 200, TimeSpan.FromSeconds(1));
                metrics.NotAnswered(request.Method.Method, api.Host);
                metrics.Limited(request.Verb, TimeSpan.Zero);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static MemoryStream Body(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A canned server, a meter and the spans of one test.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene(
            Func<HttpRequestMessage, CannedServer, CancellationToken, Task<HttpResponseMessage>> answer,
            Func<ClusterConfiguration, ClusterConfiguration>? change = null)
        {
            var configuration = new ClusterConfiguration { Server = new Uri("https://user:hidden@api.example:6443/base/") };
            Server = new CannedServer((request, token) => answer(request, Server!, token)) { Configuration = change?.Invoke(configuration) ?? configuration };
            Meter = new MeterProbe(Server.World.Runtime);
            Server.Runtime = Meter.Runtime;
        }

        public CannedServer Server { get; }

        public BuildController.Informers.Testing.VirtualWorld World => Server.World;

        public MeterProbe Meter { get; }

        public SpanProbe Spans { get; } = new();

        public IResourceClient<T> Client<T>(ResourceType<T> type)
            where T : class => Server.Clientset.Resource(type);

        public void Catch<TException>(Func<IResourceClient<ConfigMap>, Task> call)
            where TException : Exception
        {
            Action run = () => World.Run(() => call(Client(Types.ConfigMap)));
            run.Should().Throw<TException>();
        }

        public void Dispose()
        {
            Spans.Dispose();
            Meter.Dispose();
            Server.Dispose();
        }
    }

    /// <summary>Takes two seconds for each read.</summary>
    private sealed class SlowStream(MemoryStream inner, TimeProvider time) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
