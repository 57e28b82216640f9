using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InformerLeaseTests
{
    private readonly VirtualWorld world = new();
    private readonly ScriptedServer server = new();
    private readonly SharedInformerFactory factory;

    public InformerLeaseTests()
    {
        factory = new SharedInformerFactory(server, null, world.Runtime);
        server.List(10, Widget.Of("a", 1)).Watch().List(20, Widget.Of("a", 1), Widget.Of("b", 15)).Watch();
        factory.Start();
    }

    [Test]
    public void Shares_are_of_one_informer_and_the_last_given_back_stops_it()
    {
        IInformerLease<Widget> first = factory.Lease(Widget.Resource), second = factory.Lease(Widget.Resource);
        world.RunUntilIdle();
        first.Informer.Should().BeSameAs(second.Informer);

        Release(first);
        Release(first);
        server.LastWatch.Disposals.Should().Be(0, "there is another share, and one is given back only once");
        Release(second);

        server.LastWatch.Disposals.Should().Be(1);
        world.Time.ActiveTimers.Should().Be(0);
        factory.Informers.Should().BeEmpty();
        first.Informer.Indexer.Count.Should().Be(1, "the store stays readable");
        first.Informer.Invoking(informer => informer.AddHandler(new RecordingHandler())).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void Asked_for_again_it_is_a_new_one()
    {
        IInformerLease<Widget> first = factory.Lease(Widget.Resource);
        world.RunUntilIdle();
        Release(first);

        IInformerLease<Widget> second = factory.Lease(Widget.Resource);
        world.Run(() => second.Informer.WaitForSyncAsync());

        second.Informer.Should().NotBeSameAs(first.Informer);
        second.Informer.Indexer.Count.Should().Be(2);
        first.Informer.Indexer.Count.Should().Be(1);
    }

    [Test]
    public void Handed_out_for_good_it_outlives_every_share()
    {
        IInformerLease<Widget> lease = factory.Lease(Widget.Resource);
        factory.For(Widget.Resource).Should().BeSameAs(lease.Informer);
        world.RunUntilIdle();

        Release(lease);

        server.LastWatch.Disposals.Should().Be(0);
        factory.Informers.Should().ContainSingle();
    }

    [Test]
    public void The_factorys_end_stops_it_too_and_giving_it_back_then_is_fine()
    {
        IInformerLease<Widget> lease = factory.Lease(Widget.Resource);
        world.RunUntilIdle();

        world.Run(async () => await factory.DisposeAsync());
        Release(lease);

        server.LastWatch.Disposals.Should().Be(1);
        factory.Invoking(it => it.Lease(Widget.Resource)).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void A_factory_that_ends_waits_for_an_informer_that_is_stopping()
    {
        IInformerLease<Widget> lease = factory.Lease(Widget.Resource);
        world.RunUntilIdle();
        Task releasing = world.Runtime.Start(async () => await lease.DisposeAsync());
        world.Scheduler.RunOne();

        world.Run(async () => await factory.DisposeAsync());
        server.LastWatch.Disposals.Should().Be(1);
        world.RunUntilIdle();

        releasing.IsCompletedSuccessfully.Should().BeTrue();
    }

    private void Release(IInformerLease<Widget> lease) => world.Run(async () => await lease.DisposeAsync());
}
