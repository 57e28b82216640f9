using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>Several namespaces under one store: the first list and watch are of a, the second of b.</summary>
[TestFixture]
public sealed class NamespacesTests
{
    private static readonly InformerOptions<Widget> Both = new() { Namespaces = ["b", "a", "b"] };

    [Test]
    public void They_are_read_each_for_itself_into_one_store_with_one_set_of_handlers()
    {
        var scene = new CacheScene(Both);
        scene.Server.List(10, In("a", "x", 1)).Watch().List(11, In("b", "x", 2)).Watch();

        scene.Start();
        scene.Server.Watches[0].Send(Modified(In("a", "x", 12)));
        scene.Server.Watches[1].Send(Deleted(In("b", "x", 13)));
        scene.World.RunUntilIdle();

        scene.Server.Namespaces.Should().Equal("a", "b");
        scene.Server.WatchRequests.Select(watch => watch.ResourceVersion).Should().Equal("10", "11");
        scene.Handler.Told.Should().Equal("+i x@1", "+i x@2", "~ x@1>12", "- x@13");
        scene.Informer.Namespaces.Should().Equal("a", "b");
        scene.Informer.Namespace.Should().BeNull();
        scene.Informer.HealthByNamespace.Should().ContainKeys("a", "b");
        scene.Stop();
        scene.Server.Watches.Should().OnlyContain(watch => watch.Disposals == 1);
    }

    [Test]
    public void The_informer_has_synced_when_each_has()
    {
        var scene = new CacheScene(Both);
        scene.Server.List(10, In("a", "x", 1));

        scene.Start();

        scene.Informer.Indexer.Count.Should().Be(1, "what is there is shown");
        scene.Informer.HasSynced.Should().BeFalse();
        scene.Registration.HasSynced.Should().BeFalse();
        scene.Informer.HealthByNamespace["a"].HasSynced.Should().BeTrue();
        scene.Informer.HealthByNamespace["b"].HasSynced.Should().BeFalse();
        scene.Stop();
    }

    [Test]
    public void A_list_of_one_deletes_nothing_of_the_others()
    {
        var scene = new CacheScene(Both);
        scene.Server.List(10, In("a", "x", 1), In("a", "y", 1)).Watch().List(11, In("b", "x", 2)).Watch().List(20, In("a", "y", 1));
        scene.Start();
        scene.Handler.Take();

        scene.Server.Watches[0].Send(Failed(Expired));
        scene.World.Advance(TimeSpan.FromSeconds(2));

        scene.Handler.Told.Should().Equal("-? x@1");
        scene.Informer.Indexer.List().Select(widget => widget.Key.ToString()).Should().BeEquivalentTo("a/y", "b/x");
        scene.Stop();
    }

    [Test]
    public void Who_waits_in_vain_learns_which_namespace_it_is_and_why()
    {
        var scene = new CacheScene(Both);
        scene.Server.List(10).Watch();
        for (int i = 0; i < 10; i++)
            scene.Server.ListFails(Error(404, "NotFound", "no widgets here."));
        scene.Factory.Start();

        scene.Invoking(it => it.World.Run(() => it.Factory.WaitForSyncAsync(TimeSpan.FromSeconds(10)))).Should().Throw<CacheSyncTimeoutException>()
            .WithMessage("Not synced after 10 s: test.example/v1/widgets in namespace 'b' (failing since 2024-01-01 00:00:00Z, attempts: *, last: NotFound 404: no widgets here).");
        scene.Stop();
    }

    [Test]
    public void Their_order_does_not_make_another_informer_and_one_of_them_is_that_one()
    {
        var scene = new CacheScene(Both);

        scene.Factory.For(Widget.Resource, new InformerOptions<Widget> { Namespaces = ["a", "b"] }).Should().BeSameAs(scene.Informer);
        scene.Factory.For(Widget.Resource, new InformerOptions<Widget> { Namespaces = ["a"] })
            .Should().BeSameAs(scene.Factory.For(Widget.Resource, new InformerOptions<Widget> { Namespace = "a" }));
        scene.Factory.Invoking(it => it.For(Widget.ClusterResource, Both)).Should().Throw<ArgumentException>();
        scene.Factory.Invoking(it => it.For(Widget.Resource, Both with { Namespace = "a" })).Should().Throw<ArgumentException>();
        scene.Factory.Invoking(it => it.For(Widget.Resource, Both with { Namespaces = ["a", ""] })).Should().Throw<ArgumentException>();
    }

    private static Widget In(string @namespace, string name, int version) => new(@namespace, name, $"uid-{@namespace}-{name}", $"{version}");
}
