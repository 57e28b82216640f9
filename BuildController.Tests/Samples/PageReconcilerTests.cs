using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;
using PageOperator;

namespace BuildController.Tests.Samples;

/// <summary>How an operator's author tests a reconciler: one visit, on a cluster in memory.</summary>
[TestFixture]
public sealed class PageReconcilerTests
{
    private static readonly ObjectKey Home = new("default", "home");
    private static readonly ObjectKey HomeMap = new("default", "page-home");
    private static readonly ObjectKey SiteMap = new("default", "site-map");

    private readonly FakeEventRecorder events = new();
    private FakeClientset cluster = null!;

    [SetUp]
    public void SetUp()
    {
        cluster = new FakeClientset(Page.Type.With(new Page(new ObjectMeta { Name = "home", Namespace = "default", Generation = 1 }, new PageSpec("Welcome"))));
        events.Clear();
    }

    [Test]
    public async Task A_page_is_published_in_a_map_of_its_own_and_in_the_site_map()
    {
        await VisitAsync();

        ConfigMap own = await cluster.Resource(ConfigMap.Type).GetAsync(HomeMap);
        own.Data.Should().Equal(new Dictionary<string, string> { ["title"] = "Welcome" });
        own.Metadata.OwnerReferences.Should().ContainSingle().Which.Should().Match<OwnerReference>(owner => owner.Kind == "Page" && owner.Name == "home" && owner.Controller == true);
        (await cluster.Resource(ConfigMap.Type).GetAsync(SiteMap)).Should().Match<ConfigMap>(map => map.Data["home"] == "Welcome" && map.Metadata.OwnerReferences.Count == 0);
        Page page = await cluster.Resource(Page.Type).GetAsync(Home);
        page.Status.Should().Be(new PageStatus(page.Metadata.Generation, "Published"));
        page.Metadata.Finalizers.Should().Equal("example.com/site-map");
        events.Lines.Should().Equal("Normal Published 'Welcome' is in ConfigMap page-home.");
    }

    [Test]
    public async Task A_second_visit_changes_nothing_and_tells_nothing()
    {
        await VisitAsync();
        string before = await VersionsAsync();
        events.Clear();

        await VisitAsync();

        (await VersionsAsync()).Should().Be(before);
        events.Lines.Should().BeEmpty();
    }

    [Test]
    public async Task Pages_share_the_site_map_and_each_takes_only_its_own_line_away()
    {
        cluster.Seed(Page.Type, new Page(new ObjectMeta { Name = "news", Namespace = "default", Generation = 1 }, new PageSpec("News")));
        await VisitAsync();
        await VisitAsync("news");

        await cluster.Resource(Page.Type).DeleteAsync(Home);
        await VisitAsync();

        (await cluster.Resource(ConfigMap.Type).GetAsync(SiteMap)).Data.Should().Equal(new Dictionary<string, string> { ["news"] = "News" });
    }

    [Test]
    public async Task A_deleted_page_goes_and_its_map_with_it()
    {
        await VisitAsync();
        await cluster.Resource(Page.Type).DeleteAsync(Home);
        (await cluster.Resource(Page.Type).GetAsync(Home)).Metadata.DeletionTimestamp.Should().NotBeNull("the finalizer holds it back");

        await VisitAsync();

        (await cluster.Resource(Page.Type).FindAsync(Home)).Should().BeNull();
        (await cluster.Resource(ConfigMap.Type).FindAsync(HomeMap)).Should().BeNull("the garbage collector has taken it");
        (await VisitAsync()).Should().Be(ReconcileResult.Done, "a page that is gone is nothing to do");
    }

    [Test]
    public async Task A_write_that_meets_a_conflict_fails_the_visit_so_that_the_next_reads_anew()
    {
        cluster.On("patch", "pages").Refuse(ApiErrorReason.Conflict, times: 1);

        await FluentActions.Awaiting(() => VisitAsync()).Should().ThrowAsync<ApiException>().Where(error => error.IsConflict);
        await VisitAsync();

        (await cluster.Resource(Page.Type).GetAsync(Home)).Status!.Phase.Should().Be("Published");
    }

    private async Task<ReconcileResult> VisitAsync(string name = "home") =>
        await new PageReconciler(cluster, events).ReconcileAsync(new ReconcileContext<ObjectKey>(new ObjectKey("default", name)), CancellationToken.None);

    private async Task<string> VersionsAsync() => string.Join(
        ' ',
        (await cluster.Resource(Page.Type).GetAsync(Home)).Metadata.ResourceVersion,
        (await cluster.Resource(ConfigMap.Type).GetAsync(HomeMap)).Metadata.ResourceVersion,
        (await cluster.Resource(ConfigMap.Type).GetAsync(SiteMap)).Metadata.ResourceVersion);
}
