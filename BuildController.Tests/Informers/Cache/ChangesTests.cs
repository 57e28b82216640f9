using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ChangesTests
{
    private readonly CacheScene scene = new();

    [Test]
    public void An_enumeration_tells_the_store_then_that_it_has_then_every_change()
    {
        scene.Server.List(10, Widget.Of("a", 1)).Watch(Modified(Widget.Of("a", 11)), Added(Widget.Of("b", 12)), Deleted(Widget.Of("a", 13)));
        List<InformerChange<Widget>> read = [];
        Task reading = scene.World.Runtime.Start(async () =>
        {
            await foreach (InformerChange<Widget> change in scene.Informer.ChangesAsync())
            {
                read.Add(change);
                if (change.Kind == InformerChangeKind.Deleted)
                    break;
            }
        });
        scene.World.RunUntilIdle();
        scene.Start();

        reading.IsCompletedSuccessfully.Should().BeTrue();
        read.Select(change => change.ToString()).Should().Equal("Added a@1", "Synced ", "Updated a@11", "Added b@12", "Deleted a@13");
        read[0].IsInitialList.Should().BeTrue();
        read[3].IsInitialList.Should().BeFalse();
        read[2].Old!.Version.Should().Be("1");
        read[1].Invoking(synced => synced.Object).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void Its_token_ends_it_and_a_stop_ends_it_quietly()
    {
        scene.Server.List(10).Watch();
        scene.Start();
        using var cancel = new CancellationTokenSource();
        Task cancelled = scene.World.Runtime.Start(() => ReadAsync(cancel.Token));
        Task stopped = scene.World.Runtime.Start(() => ReadAsync(default));
        scene.World.RunUntilIdle();

        cancel.Cancel();
        scene.World.RunUntilIdle();
        cancelled.IsCanceled.Should().BeTrue();
        stopped.IsCompleted.Should().BeFalse();
        scene.Stop();
        scene.World.RunUntilIdle();

        stopped.IsCompletedSuccessfully.Should().BeTrue();
        scene.World.Run(async () => await FluentActions.Awaiting(() => ReadAsync(default)).Should().ThrowAsync<ObjectDisposedException>());
    }

    [Test]
    public void A_resync_is_told_as_an_update_that_changes_nothing()
    {
        scene.Server.List(10, Widget.Of("a", 1)).Watch();
        scene.Start();
        List<InformerChange<Widget>> read = [];
        _ = scene.World.Runtime.Start(async () =>
        {
            await foreach (InformerChange<Widget> change in scene.Informer.ChangesAsync(new HandlerOptions { ResyncPeriod = TimeSpan.FromSeconds(5) }))
                read.Add(change);
        });

        scene.World.Advance(TimeSpan.FromSeconds(6));

        read.Should().HaveCount(3);
        read[2].Should().Match<InformerChange<Widget>>(change => change.Kind == InformerChangeKind.Updated && change.IsResync);
        scene.Stop();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await foreach (InformerChange<Widget> change in scene.Informer.ChangesAsync(cancellationToken: cancellationToken))
            change.Kind.Should().Be(InformerChangeKind.Synced);
    }
}
