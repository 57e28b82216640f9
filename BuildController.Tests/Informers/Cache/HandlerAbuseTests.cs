using System.Collections.Concurrent;
using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Cache.Events;

namespace BuildController.Tests.Informers.Cache;

/// <summary>On the thread pool, where the virtual world cannot look.</summary>
[TestFixture]
public sealed class HandlerAbuseTests
{
    private const int Tasks = 100;
    private const int LastVersion = 10_000;

    private static readonly HandlerDelivery[] Deliveries = [HandlerDelivery.Unbounded, HandlerDelivery.Bounded(3), HandlerDelivery.CoalescedByKey];

    [Test]
    [CancelAfter(120_000)]
    public async Task A_hundred_tasks_that_add_and_remove_handlers_during_a_flood_and_during_the_stop_break_nothing(CancellationToken cancellation)
    {
        var random = new Random(7);
        var server = new ScriptedServer().List(10, Widget.Of("w0", 1), Widget.Of("w1", 1))
            .Watch([.. Enumerable.Range(11, LastVersion - 11).Select(version => random.Next(3) == 0
                ? Deleted(Widget.Of($"w{random.Next(20)}", version))
                : Modified(Widget.Of($"w{random.Next(20)}", version))), Added(Widget.Of("end", LastVersion))]);
        await using var factory = new SharedInformerFactory(server);
        ISharedInformer<Widget> informer = factory.For(Widget.Resource);
        Mirror[] staying = [.. Deliveries.Select(delivery => new Mirror(informer, delivery))];
        var faults = new ConcurrentBag<string>();
        int added = 0;
        factory.Start();

        Task[] abusers = [.. Enumerable.Range(0, Tasks).Select(number => Task.Run(async () =>
        {
            try
            {
                for (int i = number; ; i++)
                {
                    var mirror = new Mirror(informer, Deliveries[i % 3]);
                    Interlocked.Increment(ref added);
                    if (i % 2 == 0)
                        await mirror.Registration.WaitForSyncAsync();

                    await mirror.Registration.DisposeAsync();
                    mirror.IsGone = true;
                    mirror.Faults.ToList().ForEach(faults.Add);
                }
            }
            catch (Exception error) when (error is ObjectDisposedException or OperationCanceledException)
            {
                // The informer has stopped: the end of the abuse.
            }
        }))];
        await informer.WaitForAsync($"{LastVersion - 20}", cancellation);
        foreach (Mirror mirror in staying)
            await mirror.Reached.WaitAsync(cancellation);

        await factory.DisposeAsync();
        await Task.WhenAll(abusers).WaitAsync(cancellation);

        faults.Concat(staying.SelectMany(mirror => mirror.Faults)).Should().BeEmpty();
        added.Should().BeGreaterThan(Tasks);
        Dictionary<string, string> expected = informer.Indexer.List().ToDictionary(widget => widget.Name, widget => widget.Version);
        staying.Should().AllSatisfy(mirror => mirror.Objects.Should().BeEquivalentTo(expected));
        server.LastWatch.Disposals.Should().Be(1);
    }

    private sealed class Mirror : IResourceEventHandler<Widget>
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ISharedInformer<Widget> informer;

        public Mirror(ISharedInformer<Widget> informer, HandlerDelivery delivery)
        {
            this.informer = informer;
            Registration = informer.AddHandler(this, new HandlerOptions { Delivery = delivery });
        }

        public IHandlerRegistration Registration { get; }

        public volatile bool IsGone;

        /// <summary>It agrees with a store to which nothing more comes.</summary>
        public Task Reached => reached.Task;

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

            if (informer.Health.ResourceVersion == $"{LastVersion}" && informer.Indexer.Count == Objects.Count
                && informer.Indexer.List().All(stored => Objects.GetValueOrDefault(stored.Name) == stored.Version))
                reached.TrySetResult();
        }
    }
}
