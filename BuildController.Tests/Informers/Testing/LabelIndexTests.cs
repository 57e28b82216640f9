#pragma warning disable NUnit1027 // FsCheck makes the arguments.
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Cluster;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class LabelIndexTests
{
    private static readonly string[] Namespaces = ["default", "kube-system"];

    private static readonly string[] Selectors =
    [
        "a=1", "a=2", "a==1,b=1", "b=", "a=1,c", "a=1,!c", "a=1,b!=2", "a in (1)", "a in (1,2)", "a in (1,2),b=1", "a=1,a=2", "a notin (1)", "c", "!a", "a=9",
    ];

    [Test]
    public void Only_a_label_with_one_certain_value_narrows_the_search()
    {
        var index = new LabelIndex();
        index.Apply(new ObjectKey("x"), null, Labels(("a", "1"), ("b", "1")));
        index.Apply(new ObjectKey("y"), null, Labels(("a", "1")));

        Among("a=1").Should().Equal("x", "y");
        Among("a=1,b=1").Should().Equal("x");
        Among("b=1,a=1").Should().Equal("x");
        Among("a=2").Should().BeEmpty();
        Among("a in (1,2)").Should().BeNull();
        Among("a").Should().BeNull();
        Among("a!=1").Should().BeNull();

        string[]? Among(string selector) => index.Among(LabelSelector.Parse(selector))?.Select(static key => key.Name).ToArray();
    }

    [Test]
    public void A_label_that_no_object_has_any_more_leaves_nothing_behind()
    {
        var index = new LabelIndex();
        index.Apply(new ObjectKey("x"), null, Labels(("a", "1")));
        index.Apply(new ObjectKey("x"), Labels(("a", "1")), Labels(("a", "2")));
        index.Count.Should().Be(1);

        index.Apply(new ObjectKey("x"), Labels(("a", "2")), null);

        index.Count.Should().Be(0);
    }

    [Test]
    public void What_was_answered_does_not_change_with_the_index()
    {
        var index = new LabelIndex();
        index.Apply(new ObjectKey("x"), null, Labels(("a", "1")));
        IEnumerable<ObjectKey> answered = index.Among(LabelSelector.Parse("a=1"))!;

        index.Apply(new ObjectKey("y"), null, Labels(("a", "1")));
        index.Apply(new ObjectKey("x"), Labels(("a", "1")), null);

        answered.Should().Equal(new ObjectKey("x"));
    }

    /// <summary>Each byte is an operation: four bits say which of sixteen objects, four what becomes of it.</summary>
    [FsCheck.NUnit.Property(Replay = "20240101,1117", MaxTest = 100, EndSize = 120)]
    public void Lists_and_watches_by_label_show_what_a_search_through_all_objects_finds(byte[] operations)
    {
        var cluster = new TestCluster();
        foreach (byte operation in operations)
            Operate(cluster, operation & 0xf, operation >> 4);

        foreach (string? @namespace in (string?[])[null, .. Namespaces])
        {
            StoredList all = cluster.Api.List(Widgets, @namespace, ListOptions.Default);
            foreach (string selector in Selectors)
            {
                string[] expected = [.. all.Items.Where(item => IsSelected(item, selector)).Select(Known)];
                StoredList found = cluster.Api.List(Widgets, @namespace, new ListOptions { LabelSelector = selector });

                found.Items.Select(Known).Should().Equal(expected, "of {0} in {1}", selector, @namespace);
                found.Metadata.Should().BeEquivalentTo(all.Metadata);
                FirstOf(cluster, @namespace, selector).Should().Be(expected.FirstOrDefault(), "of a watch of {0} in {1}", selector, @namespace);
            }
        }
    }

    private static void Operate(TestCluster cluster, int which, int what)
    {
        string @namespace = Namespaces[which % 2], name = $"w{which / 2}";
        var key = new ObjectKey(@namespace, name);
        bool isThere = cluster.Api.List(Widgets, @namespace, ListOptions.Default).Items.Any(item => Text(Json(item), "metadata.name") == name);
        if (!isThere)
            cluster.Api.Create(Widgets, @namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = Of(what) } });
        else if (what < 4)
            cluster.Api.Delete(Widgets, key, new DeleteOptions(), out _);
        else
            cluster.Api.Patch(Widgets, key, null, Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = Of(what) } }), null, out _);

        // As a patch, a label that is null goes; in an object it never was.
        static JsonObject Of(int what) => new()
        {
            ["a"] = (what % 4) switch { 0 => null, var value => $"{value}" },
            ["b"] = (what % 3) switch { 0 => null, 1 => string.Empty, var value => $"{value - 1}" },
            ["c"] = what % 2 == 0 ? null : "1",
        };
    }

    private static bool IsSelected(ReadOnlyMemory<byte> item, string selector)
    {
        var labels = (Json(item)["metadata"]!["labels"] as JsonObject ?? []).ToDictionary(static label => label.Key, static label => (string)label.Value!);
        return LabelSelector.Parse(selector).Matches(labels);
    }

    private static string? FirstOf(TestCluster cluster, string? @namespace, string selector)
    {
        using ClusterWatch watch = cluster.Api.Watch(Widgets, @namespace, new WatchOptions { LabelSelector = selector });
        IAsyncEnumerator<StoredEvent> events = watch.GetAsyncEnumerator();
        ValueTask<bool> first = events.MoveNextAsync();
        return first.IsCompletedSuccessfully && first.Result ? Known(events.Current.Json) : null;
    }

    private static string Known(ReadOnlyMemory<byte> item) => $"{Text(Json(item), "metadata.namespace")}/{Text(Json(item), "metadata.name")}@{Text(Json(item), "metadata.resourceVersion")}";

    private static Dictionary<string, string> Labels(params (string Key, string Value)[] labels) => labels.ToDictionary(static label => label.Key, static label => label.Value);
}
