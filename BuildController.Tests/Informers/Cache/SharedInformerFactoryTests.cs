using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SharedInformerFactoryTests
{
    private readonly VirtualWorld world = new();
    private readonly ScriptedServer server = new();
    private readonly SharedInformerFactory factory;

    public SharedInformerFactoryTests() => factory = new SharedInformerFactory(server, null, world.Runtime);

    [Test]
    public void There_is_one_informer_for_each_type_namespace_and_selectors()
    {
        var selected = new InformerOptions<Widget> { LabelSelector = LabelSelector.Parse("a=b") };

        factory.For(Widget.Resource).Should().BeSameAs(factory.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "" }));
        factory.For(Widget.Resource, selected).Should().BeSameAs(factory.For(Widget.Resource, selected with { LabelSelector = LabelSelector.Parse("a==b") }));
        factory.For(Widget.Resource, selected).Should().NotBeSameAs(factory.For(Widget.Resource));
        factory.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "x" }).Should().NotBeSameAs(factory.For(Widget.Resource));
        factory.For(Widget.Resource, new InformerOptions<Widget> { FieldSelector = "x=y" }).Should().NotBeSameAs(factory.For(Widget.Resource));
        factory.Informers.Should().HaveCount(4);
    }

    [Test]
    public void The_factorys_namespace_holds_for_namespaced_resources_that_ask_for_none()
    {
        var scoped = new SharedInformerFactory(server, new SharedInformerFactoryOptions { Namespace = "home" }, world.Runtime);

        scoped.For(Widget.Resource).Namespace.Should().Be("home");
        scoped.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "" }).Namespace.Should().BeNull();
        scoped.For(Widget.ClusterResource).Namespace.Should().BeNull();
        scoped.Invoking(it => it.For(Widget.ClusterResource, new InformerOptions<Widget> { Namespace = "x" })).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Indices_of_all_who_ask_are_joined_and_another_transform_is_refused()
    {
        Func<Widget, Widget> transform = widget => widget;
        Func<Widget, IEnumerable<string>> byData = widget => [widget.Data];
        var first = new InformerOptions<Widget> { Transform = transform, Indexers = new Dictionary<string, Func<Widget, IEnumerable<string>>> { ["data"] = byData } };

        factory.For(Widget.Resource, first);
        factory.For(Widget.Resource, first);
        ISharedInformer<Widget> informer = factory.For(Widget.Resource, new InformerOptions<Widget>
        {
            Indexers = new Dictionary<string, Func<Widget, IEnumerable<string>>> { ["uid"] = widget => [widget.Uid] },
        });

        informer.Indexer.IndexNames.Should().Equal("data", "uid");
        factory.Invoking(it => it.For(Widget.Resource, first with { Transform = widget => widget with { Data = "" } }))
            .Should().Throw<InvalidOperationException>().WithMessage("*Widget*transform*");
    }

    [Test]
    public void Nothing_is_read_before_the_start_and_each_informer_once_however_often_it_is_started()
    {
        server.List(10);
        factory.For(Widget.Resource);
        world.RunUntilIdle();
        server.ListRequests.Should().BeEmpty();

        factory.Start();
        factory.Start();
        world.RunUntilIdle();

        server.ListRequests.Should().ContainSingle();
        server.WatchRequests.Should().ContainSingle();
    }

    [Test]
    public void An_informer_asked_for_after_the_start_is_started_at_once()
    {
        server.List(10, Widget.Of("a", 1));
        factory.Start();

        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        world.Run(() => factory.WaitForSyncAsync());

        informer.Indexer.Count.Should().Be(1);
    }

    [Test]
    public void Waiting_ends_when_every_informer_has_synced()
    {
        server.List(10).List(20);
        factory.For(Widget.Resource);
        factory.For(Widget.ClusterResource);
        factory.Start();

        world.Run(() => factory.WaitForSyncAsync(TimeSpan.FromMinutes(1)));

        factory.Informers.Should().OnlyContain(informer => informer.HasSynced);
        world.Time.ActiveTimers.Should().Be(2, "the timeout is taken back, and each watch has its watchdog");
    }

    [Test]
    public void Waiting_that_takes_too_long_names_who_has_not_synced_and_why()
    {
        server.List(10);
        for (int i = 0; i < 20; i++)
            server.ListFails(Error(403, "Forbidden", "widgets.test.example is forbidden."));
        factory.For(Widget.ClusterResource);
        ISharedInformer<Widget> failing = factory.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "locked" });
        factory.Start();

        CacheSyncTimeoutException error = FluentActions
            .Invoking(() => world.Run(() => factory.WaitForSyncAsync(TimeSpan.FromSeconds(30))))
            .Should().Throw<CacheSyncTimeoutException>().Which;

        error.Unsynced.Should().Equal(failing);
        error.Message.Should().StartWith("Not synced after 30 s: test.example/v1/widgets in namespace 'locked' (failing since 2024-01-01 00:00:00Z, attempts: ")
            .And.EndWith("last: Forbidden 403: widgets.test.example is forbidden).");
        error.InnerException.Should().BeOfType<ApiException>();
    }

    [Test]
    public void Waiting_without_a_start_is_refused_and_can_be_cancelled()
    {
        factory.For(Widget.Resource);
        world.Run(async () => await FluentActions.Awaiting(() => factory.WaitForSyncAsync()).Should().ThrowAsync<InvalidOperationException>());
        using var cancel = new CancellationTokenSource();
        factory.Start();

        Task waiting = world.Runtime.Start(() => factory.WaitForSyncAsync(null, cancel.Token));
        world.RunUntilIdle();
        waiting.IsCompleted.Should().BeFalse();
        cancel.Cancel();

        world.Run(async () => await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>());
    }

    [Test]
    public void Disposing_ends_those_who_wait_for_the_sync()
    {
        factory.For(Widget.Resource);
        factory.Start();
        Task waiting = world.Runtime.Start(() => factory.WaitForSyncAsync(TimeSpan.FromHours(1)));
        world.RunUntilIdle();

        world.Run(async () => await factory.DisposeAsync());
        world.RunUntilIdle();

        waiting.IsCanceled.Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
    }

    [TestCase("listing")]
    [TestCase("waiting to list")]
    [TestCase("watching")]
    [TestCase("waiting to watch")]
    [TestCase("expired")]
    [TestCase("cut short")]
    public void Disposing_leaves_no_timer_and_no_task_whatever_the_informer_was(string doing)
    {
        _ = doing switch
        {
            "listing" => server,
            "waiting to list" => server.ListFails(Error(500)),
            "watching" => server.List(10),
            "waiting to watch" => server.List(10).WatchFails(Refused),
            "expired" => server.List(10).Watch(Failed(Expired)),
            _ => server.List(10).WatchAndClose(),
        };
        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        informer.AddHandler(new RecordingHandler());
        factory.Start();
        world.RunUntilIdle();

        Task disposal = world.Runtime.Start(async () => await factory.DisposeAsync());
        Task again = world.Runtime.Start(async () => await factory.DisposeAsync());
        world.RunUntilIdle();

        disposal.IsCompletedSuccessfully.Should().BeTrue();
        again.IsCompletedSuccessfully.Should().BeTrue();
        world.Time.ActiveTimers.Should().Be(0);
        int lists = server.ListRequests.Count;
        world.Advance(TimeSpan.FromMinutes(10));
        server.ListRequests.Should().HaveCount(lists);
        server.Watches.Count(watch => watch.Disposals != 1).Should().Be(0);
    }

    [Test]
    public void Disposing_a_factory_that_was_never_started_ends_its_handlers_and_refuses_everything_after()
    {
        IHandlerRegistration registration = factory.For(Widget.Resource).AddHandler(new RecordingHandler());
        Task waiting = world.Runtime.Start(() => registration.WaitForSyncAsync());

        world.Run(async () => await factory.DisposeAsync());

        world.RunUntilIdle();
        waiting.IsCanceled.Should().BeTrue();
        factory.Invoking(it => it.Start()).Should().Throw<ObjectDisposedException>();
        factory.Invoking(it => it.For(Widget.Resource)).Should().Throw<ObjectDisposedException>();
    }
}
