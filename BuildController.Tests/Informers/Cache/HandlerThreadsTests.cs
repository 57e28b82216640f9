using System.Collections.Concurrent;
using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>On the thread pool, where the virtual world cannot look.</summary>
[TestFixture]
public sealed class HandlerThreadsTests
{
    private const int LastVersion = 2000;

    [Test]
    public async Task Handlers_that_come_and_go_during_a_flood_of_events_see_a_consistent_world_and_hear_nothing_after_they_went()
    {
        var server = new ScriptedServer().List(10, Widget.Of("w0", 1), Widget.Of("w1", 1))
            .Watch([.. Enumerable.Range(11, LastVersion - 10).Select(version => version % 3 == 0
                ? Deleted(Widget.Of($"w{version * 7 % 10}", version))
                : Modified(Widget.Of($"w{version * 7 % 10}", version)))]);
        await using var factory = new SharedInformerFactory(server);
        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        var stays = new Mirror(informer);
        var comers = new ConcurrentBag<Mirror>();
        factory.Start();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                var mirror = new Mirror(informer);
                comers.Add(mirror);
                await mirror.Registration.WaitForSyncAsync();
                await mirror.Registration.DisposeAsync();
                mirror.IsGone = true;
            }
        })));
        await stays.ReachedTheEnd;

        comers.Should().HaveCount(400);
        comers.Append(stays).SelectMany(mirror => mirror.Faults).Should().BeEmpty();
        stays.Objects.Should().BeEquivalentTo(informer.Indexer.List().ToDictionary(widget => widget.Name, widget => widget.Version));
        await factory.DisposeAsync();
        informer.Health.ResourceVersion.Should().Be($"{LastVersion}");
    }

    private sealed class Mirror : IResourceEventHandler<Widget>
    {
        private readonly TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Mirror(ISharedInformer<Widget> informer) => Registration = informer.AddHandler(this);

        public IHandlerRegistration Registration { get; }

        public volatile bool IsGone;

        public Task ReachedTheEnd => end.Task;

        public Dictionary<string, string> Objects { get; } = [];

        public ConcurrentBag<string> Faults { get; } = [];

        public void OnAdded(ObjectAdded<Widget> added) => Note(Objects.TryAdd(added.Object.Name, added.Object.Version), added.Object);

        public void OnUpdated(ObjectUpdated<Widget> updated)
        {
            bool follows = Objects.TryGetValue(updated.Old.Name, out string? version) && version == updated.Old.Version;
            Objects[updated.New.Name] = updated.New.Version;
            Note(follows, updated.New);
        }

        public void OnDeleted(ObjectDeleted<Widget> deleted) => Note(Objects.Remove(deleted.LastKnown.Name), deleted.LastKnown);

        private void Note(bool isConsistent, Widget widget)
        {
            if (!isConsistent || IsGone)
                Faults.Add($"{widget} after {(IsGone ? "the end" : "a gap")}");

            if (widget.Version == $"{LastVersion}")
                end.TrySetResult();
        }
    }
}
