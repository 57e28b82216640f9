using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

/// <summary>What a list does to the store and what is told of it, whatever was queued before it.</summary>
[TestFixture]
public sealed class RelistTests
{
    private readonly DeltaProcessor<Widget> processor = new(Widget.Resource);
    private StoreSnapshot<Widget> store = new(Widget.Resource);
    private List<Notification<Widget>> facts = [];
    private uint edits;

    [SetUp]
    public void StartEmpty()
    {
        store = new StoreSnapshot<Widget>(Widget.Resource);
        facts = [];
    }

    [Test]
    public void Delete_found_by_a_relist_comes_out_as_a_tombstone_with_the_last_known_object()
    {
        Given(Widget.Of("a", 1), Widget.Of("b", 1));

        Apply(Upserted("a", 2), Replaced(3, Widget.Of("b", 1)));

        Told().Should().Equal("Updated a@2", "DeletedFinalStateUnknown a@2");
        store.Select(widget => widget.Name).Should().Equal("b");
        store.ResourceVersion.Should().Be("3");
    }

    [Test]
    public void Replace_makes_deletions_for_objects_that_were_only_queued_once_each_with_the_newest()
    {
        Apply(Upserted("a", 1), Upserted("a", 2), Replaced(3, Widget.Of("b", 3)));

        Told().Should().Equal("Added a@1", "Updated a@2", "DeletedFinalStateUnknown a@2", "Added b@3");
    }

    [Test]
    public void Deletes_come_before_all_that_a_list_adds_or_changes()
    {
        Given(Widget.Of("old1", 1), Widget.Of("kept", 1), Widget.Of("old2", 1));

        Apply(Replaced(5, Widget.Of("new1", 4), Widget.Of("kept", 5), Widget.Of("new2", 3)));

        Told().Take(2).Should().BeEquivalentTo("DeletedFinalStateUnknown old1@1", "DeletedFinalStateUnknown old2@1");
        Told().Skip(2).Should().Equal("Added new1@4", "Updated kept@5", "Added new2@3");
    }

    [Test]
    public void Added_and_deleted_before_anybody_looked_is_told_as_both()
    {
        Apply(Upserted("a", 1), Deleted("a", 2));

        Told().Should().Equal("Added a@1", "Deleted a@2");
        store.Count.Should().Be(0);
    }

    [Test]
    public void A_delete_before_a_list_that_has_the_object_keeps_both()
    {
        Given(Widget.Of("a", 1));

        Apply(Deleted("a", 2), Replaced(3, Widget.Of("a", 3)));

        Told().Should().Equal("Deleted a@2", "Added a@3");
    }

    [Test]
    public void A_delete_before_a_list_without_the_object_is_told_once()
    {
        Given(Widget.Of("a", 1));

        Apply(Deleted("a", 2), Replaced(3));

        Told().Should().Equal("Deleted a@2");
    }

    [Test]
    public void A_delete_of_an_unknown_object_is_not_told()
    {
        Apply(Deleted("nobody", 1));

        Told().Should().BeEmpty();
        store.ResourceVersion.Should().Be("1");
    }

    [Test]
    public void An_object_listed_in_the_version_that_is_known_is_not_told_and_the_known_instance_stays()
    {
        Widget known = Widget.Of("a", 1);
        Given(known);

        Apply(Replaced(9, Widget.Of("a", 1)));

        Told().Should().BeEmpty();
        store.Find(known.Key).Should().BeSameAs(known);
        store.ResourceVersion.Should().Be("9");
    }

    [Test]
    public void Without_a_version_to_compare_every_listed_object_is_told_as_updated()
    {
        Given(new Widget("ns", "a", "u", ""));

        Apply(Replaced(9, new Widget("ns", "a", "u", "")));

        Told().Should().Equal("Updated a@");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_object_created_again_under_its_name_is_deleted_and_added_never_updated(bool listed)
    {
        Given(Widget.Of("a", 1, uid: "first"));
        Widget second = Widget.Of("a", 5, uid: "second");

        Apply(listed ? Delta<Widget>.Replaced([second], "5") : Delta<Widget>.Upserted(second, "5"));

        Told().Should().Equal("DeletedFinalStateUnknown a@1", "Added a@5");
        store.Find(second.Key).Should().BeSameAs(second);
    }

    [Test]
    public void A_delete_of_a_successor_never_seen_tells_that_the_known_object_is_gone()
    {
        Given(Widget.Of("a", 1, uid: "first"));

        Apply(Delta<Widget>.Deleted(Widget.Of("a", 6, uid: "second"), "6"));

        Told().Should().Equal("DeletedFinalStateUnknown a@1");
        store.Count.Should().Be(0);
    }

    [Test]
    public void Of_an_object_listed_twice_the_last_wins()
    {
        Apply(Replaced(3, Widget.Of("a", 1), Widget.Of("a", 2)));

        Told().Should().Equal("Added a@1", "Updated a@2");
        store.Single().Version.Should().Be("2");
    }

    private static Delta<Widget> Upserted(string name, int version) => Delta<Widget>.Upserted(Widget.Of(name, version), $"{version}");

    private static Delta<Widget> Deleted(string name, int version) => Delta<Widget>.Deleted(Widget.Of(name, version), $"{version}");

    private static Delta<Widget> Replaced(int version, params Widget[] items) => Delta<Widget>.Replaced(items, $"{version}");

    private void Given(params Widget[] items)
    {
        Apply(Delta<Widget>.Replaced(items, "1"));
        facts.Clear();
    }

    private void Apply(params Delta<Widget>[] deltas)
    {
        var editor = new StoreEditor<Widget>(Widget.Resource, store, ++edits);
        foreach (Delta<Widget> delta in deltas)
            processor.Apply(editor, delta, new DeltaContext(), facts);

        store = editor.ToSnapshot();
    }

    private IEnumerable<string> Told() => facts.Select(fact => $"{fact.Type} {fact.Object}");
}
