using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using static BuildController.Tests.Informers.Testing.TestCluster;

namespace BuildController.Tests.Informers.Testing;

[TestFixture]
public sealed class ClusterListTests
{
    private TestCluster cluster = null!;

    [SetUp]
    public void Start() => cluster = new TestCluster();

    [Test]
    public void A_list_is_ordered_and_says_its_version()
    {
        foreach (string name in new[] { "c", "a", "b" })
            cluster.ConfigMap(name);

        StoredList list = cluster.Api.List(CoreResources.ConfigMaps, "default", ListOptions.Default);

        list.Items.Select(item => Text(Json(item), "metadata.name")).Should().Equal("a", "b", "c");
        list.Items.Should().OnlyContain(item => Text(Json(item), "kind") == "ConfigMap");
        list.Metadata.ResourceVersion.Should().Be(Text(cluster.Get(CoreResources.ConfigMaps, "b"), "metadata.resourceVersion"));
        list.Metadata.Continue.Should().BeNull();
    }

    [Test]
    public void A_namespace_shows_its_own()
    {
        cluster.ConfigMap("here");
        cluster.Api.Create(CoreResources.ConfigMaps, "kube-system", Named("there"));

        cluster.Names(CoreResources.ConfigMaps, @namespace: "kube-system").Should().Equal("there");
        cluster.Names(CoreResources.ConfigMaps, @namespace: "nowhere").Should().BeEmpty();
        cluster.Names(CoreResources.ConfigMaps).Should().Equal("here", "there");
    }

    [TestCase("app=web", "a")]
    [TestCase("app!=web", "b,c")]
    [TestCase("app in (web,db)", "a,b")]
    [TestCase("app,app notin (db)", "a")]
    [TestCase("!app", "c")]
    [TestCase("", "a,b,c")]
    public void Labels_select(string selector, string expected)
    {
        cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "a", "labels": { "app": "web" } } }""");
        cluster.Create(CoreResources.ConfigMaps, """{ "metadata": { "name": "b", "labels": { "app": "db" } } }""");
        cluster.ConfigMap("c");

        string.Join(',', cluster.Names(CoreResources.ConfigMaps, new ListOptions { LabelSelector = selector })).Should().Be(expected);
    }

    [TestCase("metadata.name=a", "a")]
    [TestCase("metadata.name!=a", "b")]
    [TestCase("status.phase==Running", "b")]
    [TestCase("spec.nodeName=", "a")]
    [TestCase("spec.nodeName=n1,status.phase=Running", "b")]
    [TestCase("metadata.namespace=default,metadata.name=b", "b")]
    public void Fields_select(string selector, string expected)
    {
        cluster.Create(CoreResources.Pods, Named("a", """ "spec": { "containers": [ { "name": "c", "image": "i" } ] }"""));
        cluster.Create(CoreResources.Pods, Named("b", """ "spec": { "nodeName": "n1", "containers": [ { "name": "c", "image": "i" } ] }"""));
        cluster.Patch(CoreResources.Pods, "b", """{ "status": { "phase": "Running" } }""", "status");

        string.Join(',', cluster.Names(CoreResources.Pods, new ListOptions { FieldSelector = selector })).Should().Be(expected);
    }

    [Test]
    public void Events_are_found_by_what_they_are_about()
    {
        cluster.Create(CoreResources.Events, Named("e1", """ "involvedObject": { "kind": "Widget", "name": "w" }, "type": "Warning" """));
        cluster.Create(CoreResources.Events, Named("e2", """ "involvedObject": { "kind": "Widget", "name": "v" }, "type": "Normal" """));

        cluster.Names(CoreResources.Events, new ListOptions { FieldSelector = "involvedObject.name=w,involvedObject.kind=Widget" }).Should().Equal("e1");
        cluster.Names(CoreResources.Events, new ListOptions { FieldSelector = "type!=Warning" }).Should().Equal("e2");
    }

    [Test]
    public void A_field_that_the_resource_does_not_offer_cannot_select()
    {
        ApiException error = Refusal(() => cluster.Names(Widgets, new ListOptions { FieldSelector = "spec.size=1" }));

        error.Code.Should().Be(400);
        error.Message.Should().EndWith("field label not supported: spec.size");
    }

    [Test]
    public void A_selector_that_cannot_be_read_is_a_bad_request()
    {
        Refusal(() => cluster.Names(Widgets, new ListOptions { LabelSelector = "a in (" })).Code.Should().Be(400);
    }

    [Test]
    public void Pages_together_are_the_list_and_show_one_state()
    {
        for (int i = 0; i < 7; i++)
            cluster.ConfigMap($"c{i}");

        StoredList first = Page(3, null);
        cluster.Delete(CoreResources.ConfigMaps, "c4");
        cluster.ConfigMap("c5-new");
        cluster.Patch(CoreResources.ConfigMaps, "c6", """{ "data": { "x": "late" } }""");
        StoredList second = Page(3, first.Metadata.Continue);
        StoredList third = Page(3, second.Metadata.Continue);

        Names(first, second, third).Should().Equal("c0", "c1", "c2", "c3", "c4", "c5", "c6");
        At(Json(third.Items[0]), "data").Should().BeNull();
        new[] { first, second, third }.Select(page => page.Metadata.ResourceVersion).Distinct().Should().ContainSingle();
        new[] { first, second, third }.Select(page => page.Metadata.RemainingItemCount).Should().Equal(4, 1, null);
        third.Metadata.Continue.Should().BeNull();
    }

    [Test]
    public void Pages_of_a_selection_do_not_say_how_much_is_left()
    {
        for (int i = 0; i < 4; i++)
            cluster.Create(CoreResources.ConfigMaps, $$"""{ "metadata": { "name": "c{{i}}", "labels": { "odd": "{{i % 2}}" } } }""");

        StoredList page = cluster.Api.List(CoreResources.ConfigMaps, "default", new ListOptions { LabelSelector = "odd=0", Limit = 1 });

        Names(page).Should().Equal("c0");
        page.Metadata.Continue.Should().NotBeNull();
        page.Metadata.RemainingItemCount.Should().BeNull();
    }

    [Test]
    public void A_compaction_ends_a_list_between_its_pages()
    {
        for (int i = 0; i < 4; i++)
            cluster.ConfigMap($"c{i}");

        StoredList first = Page(2, null);
        cluster.ConfigMap("later");
        cluster.Api.Compact();

        ApiException error = Refusal(() => Page(2, first.Metadata.Continue));
        error.IsExpired.Should().BeTrue();
        error.Code.Should().Be(410);
    }

    [Test]
    public void A_token_that_is_none_is_a_bad_request()
    {
        Refusal(() => Page(2, "nonsense!")).Code.Should().Be(400);
    }

    [Test]
    public void A_list_of_any_age_comes_whole()
    {
        for (int i = 0; i < 4; i++)
            cluster.ConfigMap($"c{i}");

        cluster.Api.List(CoreResources.ConfigMaps, "default", new ListOptions { Limit = 2, ResourceVersion = "0" }).Items.Should().HaveCount(4);
    }

    [Test]
    public void A_version_that_has_not_come_yet_times_out()
    {
        ApiException error = Refusal(() => cluster.Names(CoreResources.ConfigMaps, new ListOptions { ResourceVersion = "1000000" }));

        error.Code.Should().Be(504);
        error.IsResourceVersionTooLarge.Should().BeTrue();
        error.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        error.Message.Should().StartWith("Timeout: Too large resource version: 1000000, current: ");
    }

    private StoredList Page(int limit, string? token) =>
        cluster.Api.List(CoreResources.ConfigMaps, "default", new ListOptions { Limit = limit, Continue = token });

    private static IEnumerable<string> Names(params StoredList[] pages) =>
        pages.SelectMany(page => page.Items).Select(item => Text(Json(item), "metadata.name"));

    private static ApiException Refusal(Func<object> call) => ClusterCreateTests.Refusal(() => { call(); });
}
