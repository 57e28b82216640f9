using System.Diagnostics;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Diagnostics;
using BuildController.Informers.Testing;

using BuildController.Tests.Informers.Diagnostics;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
public sealed class ReflectorSpanTests
{
    private const string Widgets = "k8s.resource=widgets.test.example";

    private static readonly ReflectorOptions Streaming = new() { UseWatchList = true, WatchIdleTimeout = Timeout.InfiniteTimeSpan };

    private SpanProbe spans = null!;

    [SetUp]
    public void Listen() => spans = new SpanProbe();

    [TearDown]
    public void StopListening() => spans.Dispose();

    [Test]
    public void A_list_is_one_span_whatever_its_pages_and_a_watch_one_from_its_opening_to_its_end()
    {
        var scene = new CacheScene();
        scene.Server.Page(10, "more", Widget.Of("a", 1), Widget.Of("b", 2)).Page(10, null, Widget.Of("c", 3)).Watch(Added(Widget.Of("d", 11)), Bookmark(12));
        scene.Start();
        spans.Told.Should().Equal($"informer.list 0 s {Widgets} informer.objects=3");

        scene.World.Advance(TimeSpan.FromMinutes(6));
        scene.Server.LastWatch.Send(Deleted(Widget.Of("d", 13))).Close();
        scene.World.RunUntilIdle();

        spans.Told.Skip(1).Should().Equal($"informer.watch 360 s {Widgets} informer.events=3");
        spans.Started.Should().HaveCount(3, "the watch is resumed");
        scene.Stop();
        spans.Told.Last().Should().Be($"informer.watch 0 s {Widgets} informer.events=0", "a stop is no failure");
        spans.Ended.Should().OnlyContain(static span => span.Kind == ActivityKind.Internal && span.Parent == null && span.ParentId == null);
    }

    [Test]
    public void A_namespace_is_told()
    {
        var scene = new CacheScene(new InformerOptions<Widget> { Namespace = "ns" });
        scene.Server.List(10);

        scene.Start().Stop();

        spans.Told.Should().Equal($"informer.list 0 s {Widgets} k8s.namespace.name=ns informer.objects=0", $"informer.watch 0 s {Widgets} k8s.namespace.name=ns informer.events=0");
    }

    [Test]
    public void Each_list_that_fails_is_a_span_with_its_error()
    {
        var scene = new CacheScene();
        scene.Server.ListFails(Expired, Widget.Of("a", 1)).ListFails(Error(403, "Forbidden")).ListFails(new InvalidOperationException("A defect.")).List(10);

        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(10));

        spans.Told.Should().Equal(
            $"informer.list 0 s {Widgets} error.type=Expired ERROR",
            $"informer.list 0 s {Widgets} error.type=Forbidden ERROR",
            $"informer.list 0 s {Widgets} error.type=InvalidOperationException ERROR",
            $"informer.list 0 s {Widgets} informer.objects=0");
        scene.Stop();
    }

    [Test]
    public void How_a_watch_ends_is_told()
    {
        (string Error, Action<ScriptedServer> Script)[] cases =
        [
            ("informer.events=0 error.type=TooManyRequests", static server => server.WatchFails(Error(429, "TooManyRequests"))),
            ("informer.events=0 error.type=ConnectionLost", static server => server.WatchAndClose()),
            ("informer.events=1 error.type=Expired", static server => server.Watch(Failed(Expired))),
        ];
        foreach ((string error, Action<ScriptedServer> script) in cases)
        {
            var scene = new CacheScene();
            scene.Server.List(10);
            script(scene.Server);
            scene.Start();

            string told = spans.Told.Last();
            told.Should().Contain("informer.watch").And.EndWith("ERROR");
            error.Split(' ').Should().AllSatisfy(part => told.Should().Contain(part));
            scene.Stop();
        }
    }

    [Test]
    public void A_connection_lost_after_an_event_is_told_as_that()
    {
        var scene = new CacheScene();
        scene.Server.List(10).Watch(Added(Widget.Of("a", 11)));
        scene.Start();

        scene.Server.LastWatch.Close(new ApiException(ApiErrorReason.ConnectionLost, "Lost."));
        scene.World.RunUntilIdle();

        spans.Told.Last().Should().Be($"informer.watch 0 s {Widgets} error.type=ConnectionLost informer.events=1 ERROR");
        scene.Stop();
    }

    [Test]
    public void A_watch_given_up_for_its_silence_is_told_as_that()
    {
        var scene = new CacheScene(reflector: ReflectorOptions.Default);
        scene.Server.List(10);
        scene.Start();

        scene.World.Advance(TimeSpan.FromMinutes(3));

        spans.Told.Last().Should().Be($"informer.watch 150 s {Widgets} error.type=Silent informer.events=0 ERROR");
        scene.Stop();
    }

    [Test]
    public void A_streamed_list_is_a_list_until_its_end_and_a_watch_from_there_on()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.Watch(Added(Widget.Of("a", 1)), Added(Widget.Of("b", 2)));
        scene.Start();
        scene.World.Advance(TimeSpan.FromSeconds(5));
        scene.Server.LastWatch.Send(EndOfList(10), Added(Widget.Of("c", 11)));
        scene.World.RunUntilIdle();
        scene.World.Advance(TimeSpan.FromSeconds(7));

        scene.Stop();

        spans.Told.Should().Equal($"informer.list 5 s {Widgets} informer.objects=2", $"informer.watch 7 s {Widgets} informer.events=1");
        spans.Ended[1].ParentId.Should().BeNull("the watch outlives the list");
    }

    [Test]
    public void A_list_that_cannot_be_streamed_is_a_list_that_failed()
    {
        var scene = new CacheScene(reflector: Streaming);
        scene.Server.WatchFails(Error(422, "Invalid")).List(10);

        scene.Start();

        spans.Told.Should().Equal($"informer.list 0 s {Widgets} error.type=Invalid ERROR", $"informer.list 0 s {Widgets} informer.objects=0");
        scene.Stop();
    }

    [Test]
    public void Requests_are_below_the_list_or_the_watch_that_needs_them()
    {
        var seen = new AmbientInterceptor();
        var world = new VirtualWorld();
        var fake = new FakeClientset(runtime: world.Runtime);
        fake.Seed(Any, UnstructuredObject.Parse("""{"metadata":{"name":"a","namespace":"ns"}}"""));
        var factory = new SharedInformerFactory(fake.With(seen), null, world.Runtime);
        factory.For(Any);

        factory.Start();
        world.RunUntilIdle();
        world.Run(async () => await factory.DisposeAsync());

        seen.Current.Should().Equal(spans.Started);
        spans.Started.Select(static span => span.OperationName).Should().Equal(ActivityNames.List, ActivityNames.Watch);
    }

    [Test]
    public void What_happens_while_a_watch_is_open_is_not_part_of_it_nor_of_what_its_starter_did()
    {
        var seen = new List<Activity?>();
        var scene = new CacheScene(new InformerOptions<Widget>
        {
            Transform = widget =>
            {
                seen.Add(Activity.Current);
                return widget;
            },
        });
        scene.Server.List(10).Watch();
        scene.Informer.AddKeyHandler(_ => seen.Add(Activity.Current));
        using (Activity starter = new Activity("starter").Start())
            scene.Start();

        scene.Server.LastWatch.Send(Added(Widget.Of("a", 11)), Added(Widget.Of("b", 12)));
        scene.World.RunUntilIdle();
        scene.Server.LastWatch.Close();
        scene.World.RunUntilIdle();
        scene.Server.LastWatch.Send(Added(Widget.Of("c", 13)));
        scene.World.RunUntilIdle();
        scene.Stop();

        seen.Should().HaveCount(6, "three transforms and three calls of a handler").And.OnlyContain(static current => current == null);
        spans.Started.Should().HaveCount(3).And.OnlyContain(static span => span.ParentId == null);
    }

    [Test]
    public void While_nobody_listens_there_is_no_span_and_nothing_is_allocated()
    {
        spans.Dispose();
        bool isTraced = false;
        Measure();

        Measure().Should().Be(0);
        isTraced.Should().BeFalse();

        long Measure()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                using ReflectorSpan? span = ReflectorSpan.Begin(ActivityNames.Watch, Widget.Resource.Resource, "ns", TimeProvider.System);
                isTraced |= span is not null;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static readonly ResourceType<UnstructuredObject> Any =
        ResourceType.Unstructured(new GroupVersionResource("example.com", "v1", "widgets"), "Widget", ResourceScope.Namespaced);

    /// <summary>Notes the span that is current when a request is sent.</summary>
    private sealed class AmbientInterceptor : IRequestInterceptor
    {
        public List<Activity?> Current { get; } = [];

        public Task<TResult> SendAsync<TResult>(ClientRequest request, Func<CancellationToken, Task<TResult>> next, CancellationToken cancellationToken)
        {
            Current.Add(Activity.Current);
            return next(cancellationToken);
        }
    }
}
