#pragma warning disable NUnit1027 // FsCheck makes the arguments.
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

/// <summary>
/// Random operations against models simple enough to be right. Each byte is an operation; what fails is shrunk to the
/// fewest. The seeds are fixed, so that a failure repeats.
/// </summary>
[TestFixture]
public sealed class ModelTests
{
    private const string Seed = "20240101,1117";

    private enum Step
    {
        Upsert,
        Again,
        Delete,
        Recreate,
        List,
        Read,
        Resync,
        Bookmark,
    }

    [FsCheck.NUnit.Property(Replay = Seed, MaxTest = 300, EndSize = 300)]
    public void The_store_is_a_dictionary_and_its_index_what_a_search_would_find(byte[] operations)
    {
        var indexer = new Indexer<Widget>(Widget.Resource, NullLogger.Instance);
        indexer.AddIndex("words", Words);
        var model = new Dictionary<ObjectKey, Widget>();
        var taken = new List<(IReadOnlyCollection<Widget> Snapshot, Widget[] Items)>();
        int version = 0;
        foreach (byte[] batch in operations.Chunk(7))
        {
            indexer.Update(batch, (store, changes) =>
            {
                foreach (byte change in changes)
                {
                    var key = new ObjectKey($"ns{change % 2}", $"w{(change >> 1) % 16}");
                    if (change < 176)
                    {
                        var widget = new Widget(key.Namespace, key.Name, "u", $"{++version}") { Data = $"{change % 3} {change % 5} {change % 5}" };
                        store.Set(widget).Should().BeSameAs(model.GetValueOrDefault(key));
                        model[key] = widget;
                    }
                    else
                    {
                        store.Remove(key).Should().BeSameAs(model.GetValueOrDefault(key));
                        model.Remove(key);
                    }
                }
            });
            IReadOnlyCollection<Widget> snapshot = indexer.List();
            taken.Add((snapshot, [.. snapshot]));
        }

        indexer.Count.Should().Be(model.Count);
        indexer.List().Should().BeEquivalentTo(model.Values);
        foreach (string name in new[] { "ns0", "ns1" })
            indexer.List(name).Select(widget => widget.Key).Should().BeEquivalentTo(model.Keys.Where(key => key.Namespace == name));
        foreach (string word in new[] { "0", "1", "2", "3", "4" })
            indexer.ByIndex("words", word).Select(widget => widget.ToString()).Should().BeEquivalentTo(model.Values.Where(widget => Words(widget).Contains(word)).Select(widget => widget.ToString()));
        indexer.IndexValues("words").Should().Equal(model.Values.SelectMany(Words).Distinct().Order(StringComparer.Ordinal));
        taken.Where(one => !one.Snapshot.SequenceEqual(one.Items)).Should().BeEmpty("no snapshot ever moves");
    }

    [FsCheck.NUnit.Property(Replay = Seed, MaxTest = 300, EndSize = 200)]
    public void Whatever_comes_every_delivery_tells_a_consistent_story_that_ends_where_the_store_ends(byte[] operations)
    {
        foreach (HandlerDelivery delivery in new[] { HandlerDelivery.Unbounded, HandlerDelivery.Bounded(100_000), HandlerDelivery.CoalescedByKey })
            Run(operations, HandlerQueue<Widget>.Create(delivery, Widget.Resource));
    }

    private static void Run(byte[] operations, HandlerQueue<Widget> queue)
    {
        var server = new Dictionary<string, Widget>();
        var story = new Story();
        var indexer = new Indexer<Widget>(Widget.Resource, NullLogger.Instance);
        var processor = new DeltaProcessor<Widget>(Widget.Resource);
        var facts = new List<Notification<Widget>>();
        int version = 0;
        foreach (byte operation in operations)
        {
            string name = $"w{(operation >> 3) % 4}";
            var step = (Step)(operation % 8);
            if (step == Step.Read)
            {
                for (int i = 0; i <= operation >> 6; i++)
                    story.Take(queue);
                continue;
            }

            foreach (Delta<Widget> delta in Deltas(step, name, server, ref version))
                indexer.Update(delta, (store, one) => processor.Apply(store, one, new DeltaContext(TellsUnchanged: true), facts));

            foreach (Notification<Widget> fact in facts)
                queue.TryAdd(new HandlerItem<Widget>(fact, 0)).Should().BeTrue();
            facts.Clear();
            if (queue is CoalescingHandlerQueue<Widget>)
                queue.Count.Should().BeLessThanOrEqualTo(4, "a key waits once");
        }

        while (story.Take(queue))
        {
        }

        queue.Count.Should().Be(0);
        story.Known.Values.Should().BeEquivalentTo(indexer.List());
    }

    /// <summary>Changes the server, and says what a reflector would learn; with List all at once, whatever was missed before.</summary>
    private static List<Delta<Widget>> Deltas(Step step, string name, Dictionary<string, Widget> server, ref int version)
    {
        version++;
        string now = $"{version}";
        Widget? present = server.GetValueOrDefault(name);
        switch (step)
        {
            case Step.Upsert:
                server[name] = Widget.Of(name, version, present?.Uid ?? $"uid-{version}");
                return [Delta<Widget>.Upserted(server[name], now)];
            case Step.Again when present is not null:
                return [Delta<Widget>.Upserted(present, present.Version)];
            case Step.Delete when present is not null:
                server.Remove(name);
                return [Delta<Widget>.Deleted(present with { Version = now }, now)];
            case Step.Recreate:
                // Unseen: only the next list, or the next event of the object, shows it.
                server[name] = Widget.Of(name, version, $"uid-{version}");
                return [];
            case Step.List:
                return [Delta<Widget>.Replaced([.. server.Values], now)];
            case Step.Resync:
                return [Delta<Widget>.Resync];
            default:
                return [Delta<Widget>.Bookmark(now)];
        }
    }

    private static IEnumerable<string> Words(Widget widget) => widget.Data.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One who believes what it is told, and checks that it follows from what it was told before.</summary>
    private sealed class Story
    {
        public Dictionary<string, Widget> Known { get; } = [];

        public bool Take(HandlerQueue<Widget> queue)
        {
            if (!queue.TryTake(out HandlerItem<Widget> item))
                return false;

            Widget value = item.Fact.Object!;
            Widget? known = Known.GetValueOrDefault(value.Name);
            switch (item.Fact.Type)
            {
                case NotificationType.Added:
                    known.Should().BeNull("an add is of what was not known");
                    Known[value.Name] = value;
                    break;
                case NotificationType.Updated:
                    item.Fact.Old.Should().BeSameAs(known, "an update starts from what was told last");
                    value.Uid.Should().Be(known!.Uid, "another object is no update");
                    int.Parse(value.Version).Should().BeGreaterThan(int.Parse(known.Version), "never new to old");
                    Known[value.Name] = value;
                    break;
                case NotificationType.Resynced:
                    value.Should().BeSameAs(known, "a resync tells what was told last");
                    break;
                default:
                    known.Should().NotBeNull("a delete is of what was known");
                    value.Uid.Should().Be(known!.Uid);
                    Known.Remove(value.Name);
                    break;
            }

            return true;
        }
    }
}
