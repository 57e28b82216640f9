using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client.Conformance;

[TestFixtureSource(typeof(ConformanceTargets), nameof(ConformanceTargets.All))]
public sealed class ListConformance(ConformanceTarget target) : ClientsetConformance(target)
{
    private const string Paged = "suite=paged";

    [Test]
    public async Task Objects_come_in_the_order_of_their_names()
    {
        foreach (string name in new[] { "order-c", "order-a", "order-b" })
            await MapAsync(name, metadata: """ "labels": { "suite": "order" } """);

        (await NamesAsync(Maps, Namespace, new ListOptions { LabelSelector = "suite=order" })).Should().Equal("order-a", "order-b", "order-c");
    }

    [Test]
    public async Task All_namespaces_can_be_listed_at_once()
    {
        string other = (await NewNamespaceAsync(Stop)).Name();
        string label = $"all-{Namespace}";
        await MapAsync("all-one", metadata: $$""" "labels": { "suite": "{{label}}" } """);
        JsonObject elsewhere = JsonReading.Parse($$"""{ "metadata": { "name": "all-two", "namespace": "{{other}}", "labels": { "suite": "{{label}}" } } }""");
        await Maps.CreateAsync(elsewhere, Stop);

        (await NamesAsync(Maps, null, new ListOptions { LabelSelector = $"suite={label}" })).Should().BeEquivalentTo("all-one", "all-two");
        (await NamesAsync(Maps, other, new ListOptions { LabelSelector = $"suite={label}" })).Should().Equal("all-two");

        await Maps.DeleteAsync(new ObjectKey(other, "all-two"), null, Stop);
        await Clientset.Resource(Kinds.Namespaces).DeleteAsync(new ObjectKey(other), null, Stop);
    }

    [Test]
    public async Task A_namespace_that_is_not_there_has_nothing_in_it()
    {
        (await Maps.ListAsync("conformance-that-is-not-there", null, Stop)).Items.Should().BeEmpty();
    }

    [Test]
    public async Task Pages_follow_each_other_to_the_last()
    {
        await MakePagesAsync("pages", 5);
        var seen = new List<string>();
        string? next = null;
        int pages = 0;
        do
        {
            ResourceList<JsonObject> page = await Maps.ListAsync(Namespace, new ListOptions { LabelSelector = "suite=pages", Limit = 2, Continue = next }, Stop);
            page.Items.Count.Should().BeLessThanOrEqualTo(2);
            seen.AddRange(page.Items.Select(static item => item.Name()));
            next = page.Metadata.Continue;
            pages++;
        }
        while (!string.IsNullOrEmpty(next));

        seen.Should().Equal("pages-0", "pages-1", "pages-2", "pages-3", "pages-4");
        pages.Should().Be(3);
    }

    [Test]
    public async Task The_pages_of_a_list_show_one_state()
    {
        await MakePagesAsync("paged", 4);
        ResourceList<JsonObject> first = await Maps.ListAsync(Namespace, new ListOptions { LabelSelector = Paged, Limit = 2 }, Stop);
        await MapAsync("paged-9", metadata: """ "labels": { "suite": "paged" } """);
        await Maps.DeleteAsync(Key("paged-3"), null, Stop);

        ResourceList<JsonObject> second = await Maps.ListAsync(Namespace, new ListOptions { LabelSelector = Paged, Continue = first.Metadata.Continue }, Stop);

        first.Items.Concat(second.Items).Select(static item => item.Name()).Should().Equal("paged-0", "paged-1", "paged-2", "paged-3");
        second.Metadata.ResourceVersion.Should().Be(first.Metadata.ResourceVersion);
        second.Metadata.Continue.Should().BeNullOrEmpty();
    }

    [Test]
    public async Task A_limit_that_is_not_reached_gives_one_page()
    {
        await MakePagesAsync("short", 2);

        ResourceList<JsonObject> list = await Maps.ListAsync(Namespace, new ListOptions { LabelSelector = "suite=short", Limit = 10 }, Stop);

        list.Items.Should().HaveCount(2);
        list.Metadata.Continue.Should().BeNullOrEmpty();
    }

    [Test]
    public async Task A_token_that_is_none_is_a_bad_request()
    {
        ApiException error = await RefusalOf(() => Maps.ListAsync(Namespace, new ListOptions { Limit = 1, Continue = "no-token" }, Stop));

        error.Code.Should().Be(400);
    }

    [Test]
    public async Task A_token_and_a_version_do_not_go_together()
    {
        await MakePagesAsync("both", 2);
        ResourceList<JsonObject> first = await Maps.ListAsync(Namespace, new ListOptions { LabelSelector = "suite=both", Limit = 1 }, Stop);

        ApiException error = await RefusalOf(() => Maps.ListAsync(
            Namespace, new ListOptions { Limit = 1, Continue = first.Metadata.Continue, ResourceVersion = first.Metadata.ResourceVersion }, Stop));

        error.Code.Should().Be(400);
    }

    [TestCase("color=red", "select-red-big", "select-red-small")]
    [TestCase("color==red,size=big", "select-red-big")]
    [TestCase("color!=red", "select-blue", "select-none")]
    [TestCase("color in (red,blue),size notin (small)", "select-blue", "select-red-big")]
    [TestCase("color", "select-blue", "select-red-big", "select-red-small")]
    [TestCase("!color", "select-none")]
    [TestCase("color=green")]
    public async Task Labels_select(string selector, params string[] expected)
    {
        await MakeColorsAsync();

        (await NamesAsync(Maps, Namespace, new ListOptions { LabelSelector = $"suite=select,{selector}" })).Should().Equal(expected);
    }

    [TestCase("a=b c")]
    [TestCase("a in ()(")]
    [TestCase("=")]
    public async Task A_label_selector_that_makes_no_sense_is_a_bad_request(string selector) =>
        (await RefusalOf(() => Maps.ListAsync(Namespace, new ListOptions { LabelSelector = selector }, Stop))).Code.Should().Be(400);

    [Test]
    public async Task Names_and_namespaces_are_fields_to_select_by()
    {
        await MakeColorsAsync();

        (await NamesAsync(Maps, Namespace, new ListOptions { FieldSelector = "metadata.name=select-blue" })).Should().Equal("select-blue");
        (await NamesAsync(Maps, Namespace, new ListOptions { LabelSelector = "suite=select", FieldSelector = "metadata.name!=select-blue" }))
            .Should().Equal("select-none", "select-red-big", "select-red-small");
        (await NamesAsync(Maps, null, new ListOptions { LabelSelector = "suite=select", FieldSelector = $"metadata.namespace={Namespace},metadata.name=select-none" }))
            .Should().Equal("select-none");
    }

    [TestCase("data.a=1")]
    [TestCase("metadata.labels.a=1")]
    [TestCase("nothing")]
    public async Task Other_fields_are_a_bad_request(string selector) =>
        (await RefusalOf(() => Maps.ListAsync(Namespace, new ListOptions { FieldSelector = selector }, Stop))).Code.Should().Be(400);

    [Test]
    public async Task Secrets_are_selected_by_their_type()
    {
        await Secrets.CreateAsync(Named("opaque", metadata: """ "labels": { "suite": "type" } """), Stop);
        await Secrets.CreateAsync(Named("basic", """ "type": "example.com/own" """, """ "labels": { "suite": "type" } """), Stop);

        (await NamesAsync(Secrets, Namespace, new ListOptions { LabelSelector = "suite=type", FieldSelector = "type=example.com/own" })).Should().Equal("basic");
    }

    private async Task MakePagesAsync(string suite, int count)
    {
        for (int i = 0; i < count; i++)
            await MapAsync($"{suite}-{i}", metadata: $$""" "labels": { "suite": "{{suite}}" } """);
    }

    private async Task MakeColorsAsync()
    {
        if (await Maps.FindAsync(Key("select-none"), Stop) is not null)
            return;

        await MapAsync("select-red-big", metadata: """ "labels": { "suite": "select", "color": "red", "size": "big" } """);
        await MapAsync("select-red-small", metadata: """ "labels": { "suite": "select", "color": "red", "size": "small" } """);
        await MapAsync("select-blue", metadata: """ "labels": { "suite": "select", "color": "blue" } """);
        await MapAsync("select-none", metadata: """ "labels": { "suite": "select" } """);
    }
}
