using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Cache;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class IndexerTests
{
    private readonly CapturingLoggerFactory logs = new();
    private readonly Indexer<Widget> indexer;

    public IndexerTests() => indexer = new Indexer<Widget>(Widget.Resource, logs);

    private static IEnumerable<string> Words(Widget widget) => widget.Data.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Test]
    public void Objects_are_found_by_key_listed_by_namespace_and_selected_by_labels()
    {
        Put(new Widget("a", "1", "", "1") { Labels = new Dictionary<string, string> { ["x"] = "y" } }, new Widget("a", "2", "", "1"), new Widget("b", "1", "", "1"), new Widget("", "1", "", "1"));

        indexer.Count.Should().Be(4);
        indexer.Find(new ObjectKey("a", "2"))!.Key.Should().Be(new ObjectKey("a", "2"));
        indexer.Find(new ObjectKey("b", "2")).Should().BeNull();
        indexer.List("a", null).Select(widget => widget.Name).Should().BeEquivalentTo("1", "2");
        indexer.List("a", LabelSelector.Parse("x=y")).Should().ContainSingle().Which.Name.Should().Be("1");
        indexer.List(null, LabelSelector.Parse("!x")).Should().HaveCount(3);
        indexer.List("none", null).Should().BeEmpty();
    }

    [Test]
    public void An_object_with_several_values_is_found_by_each_and_moves_as_they_change()
    {
        indexer.AddIndex("words", Words);
        Put(Of("a", "red green green"), Of("b", "green"));
        ByWord("red").Should().Equal("a");
        ByWord("green").Should().BeEquivalentTo("a", "b");

        Put(Of("a", "green blue"));
        ByWord("red").Should().BeEmpty();
        ByWord("green").Should().BeEquivalentTo("a", "b");
        ByWord("blue").Should().Equal("a");
        indexer.ByIndex("words", "green").Should().Contain(widget => widget.Data == "green blue", "an index shows the newest object");

        Remove("a");
        ByWord("green").Should().Equal("b");
        ByWord("blue").Should().BeEmpty();
    }

    [Test]
    public void A_value_that_no_object_has_is_forgotten()
    {
        indexer.AddIndex("words", Words);
        Put(Of("a", "red green"), Of("b", "green"));

        Remove("a");
        indexer.IndexValues("words").Should().Equal("green");
        Remove("b");

        indexer.IndexValues("words").Should().BeEmpty();
        indexer.Count.Should().Be(0);
    }

    [Test]
    public void An_index_added_late_finds_what_is_there_already()
    {
        Put(Of("a", "red"), Of("b", "green"));

        indexer.AddIndex("words", Words);

        ByWord("red").Should().Equal("a");
        indexer.IndexNames.Should().Equal("words");
    }

    [Test]
    public void One_name_means_one_function()
    {
        indexer.AddIndex("words", Words);
        indexer.Invoking(it => it.AddIndex("words", Words)).Should().NotThrow();
        indexer.Invoking(it => it.AddIndex("words", _ => [])).Should().Throw<ArgumentException>().WithMessage("*'words'*");
        indexer.IndexNames.Should().Equal("words");
        indexer.Invoking(it => it.ByIndex("nothing", "x")).Should().Throw<ArgumentException>().WithMessage("*'nothing'*words*");
        indexer.Invoking(it => it.IndexValues("nothing")).Should().Throw<ArgumentException>();
    }

    [Test]
    public void An_index_function_that_throws_is_logged_and_leaves_the_object_out_of_that_index_only()
    {
        indexer.AddIndex("broken", widget => widget.Name == "bad" ? throw new FormatException() : ["value"]);
        indexer.AddIndex("words", Words);

        Put(Of("bad", "red"), Of("good", "red"));
        Put(Of("bad", "red again"));

        indexer.ByIndex("broken", "value").Select(widget => widget.Name).Should().Equal("good");
        ByWord("red").Should().BeEquivalentTo("bad", "good");
        logs.Entries.Should().NotBeEmpty().And.OnlyContain(entry => entry.Level == LogLevel.Error && entry.Message.Contains("'broken'") && entry.Message.Contains("ns/bad"));
    }

    [Test]
    public void A_collection_once_taken_does_not_move()
    {
        indexer.AddIndex("words", Words);
        Put(Of("a", "red"), Of("b", "red"));
        IReadOnlyCollection<Widget> all = indexer.List(null, null), inNamespace = indexer.List("ns", null), red = indexer.ByIndex("words", "red");

        Put(Of("c", "red"));
        Remove("a");

        foreach (IReadOnlyCollection<Widget> taken in new[] { all, inNamespace, red })
        {
            taken.Count.Should().Be(2);
            taken.Select(widget => widget.Name).Should().BeEquivalentTo("a", "b");
        }
    }

    [Test]
    public void The_order_of_a_listing_depends_on_nothing_but_the_keys()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"w{i}")];
        Put([.. names.Select(name => Of(name, ""))]);
        string[] listed = [.. indexer.List(null, null).Select(widget => widget.Name)];

        var other = new Indexer<Widget>(Widget.Resource, logs);
        foreach (string name in names.Reverse().Append("extra"))
            other.Update(Of(name, ""), static (store, widget) => store.Set(widget));
        other.Update(Of("extra", "").Key, static (store, key) => store.Remove(key));

        other.List(null, null).Select(widget => widget.Name).Should().Equal(listed);
    }

    private static Widget Of(string name, string data) => Widget.Of(name, 1) with { Data = data };

    private IEnumerable<string> ByWord(string word) => indexer.ByIndex("words", word).Select(widget => widget.Name);

    private void Put(params Widget[] widgets)
    {
        foreach (Widget widget in widgets)
            indexer.Update(widget, static (store, added) => store.Set(added));
    }

    private void Remove(string name) => indexer.Update(new ObjectKey("ns", name), static (store, key) => store.Remove(key));
}
