using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache.Conformance;

/// <summary>What a store does, however changes reach it. Each way inherits it.</summary>
public abstract class StoreContract
{
    private Indexer<Widget> store = null!;

    [SetUp]
    public void Make()
    {
        store = new Indexer<Widget>(Widget.Resource, NullLogger.Instance);
        store.AddIndex("words", static widget => widget.Data.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    internal abstract void Change(Indexer<Widget> store, params Action<StoreEditor<Widget>>[] changes);

    [Test]
    public void What_is_set_is_found_by_key_namespace_and_value()
    {
        Change(store, Set("a", "1", "red"), Set("b", "1", "red blue"), Set("a", "2", ""));

        store.Count.Should().Be(3);
        store.Find(new ObjectKey("a", "1"))!.Data.Should().Be("red");
        store.Find(new ObjectKey("a", "3")).Should().BeNull();
        store.List("a").Select(widget => widget.Name).Should().BeEquivalentTo("1", "2");
        store.ByIndex("words", "red").Select(widget => widget.Key.ToString()).Should().BeEquivalentTo("a/1", "b/1");
    }

    [Test]
    public void Of_one_key_the_last_wins_and_moves_in_the_index()
    {
        Change(store, Set("a", "1", "red"), Set("a", "1", "blue"), Set("a", "1", "green blue"));

        store.Count.Should().Be(1);
        store.IndexValues("words").Should().Equal("blue", "green");
        store.ByIndex("words", "blue").Should().ContainSingle().Which.Data.Should().Be("green blue");
    }

    [Test]
    public void What_is_removed_leaves_nothing_behind_not_even_its_value()
    {
        Change(store, Set("a", "1", "red"), Set("a", "2", "red"), Remove("a", "1"), Remove("a", "1"), Remove("b", "none"));
        store.IndexValues("words").Should().Equal("red");
        Change(store, Remove("a", "2"));

        store.Count.Should().Be(0);
        store.IndexValues("words").Should().BeEmpty();
        store.List("a").Should().BeEmpty();
    }

    [Test]
    public void A_snapshot_does_not_move_while_the_store_does()
    {
        Change(store, Set("a", "1", "red"), Set("a", "2", "red"));
        IReadOnlyCollection<Widget> all = store.List(), named = store.List("a"), red = store.ByIndex("words", "red");

        Change(store, Remove("a", "1"), Set("a", "2", "blue"), Set("a", "3", "red"));

        foreach (IReadOnlyCollection<Widget> taken in new[] { all, named, red })
            taken.Select(widget => $"{widget.Name} {widget.Data}").Should().BeEquivalentTo("1 red", "2 red");
    }

    [Test]
    public void A_change_that_throws_leaves_the_store_as_it_was()
    {
        Change(store, Set("a", "1", "red"));

        store.Invoking(it => it.Update(0, (editor, _) =>
        {
            editor.Remove(new ObjectKey("a", "1"));
            throw new InvalidOperationException("halfway");
        })).Should().Throw<InvalidOperationException>();

        store.List().Should().ContainSingle();
        store.ByIndex("words", "red").Should().ContainSingle();
    }

    private static Action<StoreEditor<Widget>> Set(string @namespace, string name, string data) =>
        store => store.Set(new Widget(@namespace, name, "u", "1") { Data = data });

    private static Action<StoreEditor<Widget>> Remove(string @namespace, string name) => store => store.Remove(new ObjectKey(@namespace, name));
}

[TestFixture]
public sealed class StoreChangedOneByOneTests : StoreContract
{
    internal override void Change(Indexer<Widget> store, params Action<StoreEditor<Widget>>[] changes)
    {
        foreach (Action<StoreEditor<Widget>> change in changes)
            store.Update(change, static (editor, one) => one(editor));
    }
}

[TestFixture]
public sealed class StoreChangedInBatchesTests : StoreContract
{
    internal override void Change(Indexer<Widget> store, params Action<StoreEditor<Widget>>[] changes) =>
        store.Update(changes, static (editor, all) => Array.ForEach(all, one => one(editor)));
}
