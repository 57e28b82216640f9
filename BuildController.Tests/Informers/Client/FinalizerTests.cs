using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Docs;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client;

[TestFixture]
public sealed class FinalizerTests
{
    private static readonly ObjectKey Key = new("default", "home");

    private FakeClientset cluster = null!;
    private IResourceClient<Page> pages = null!;

    [SetUp]
    public void SetUp()
    {
        cluster = new FakeClientset(Page.Type.With(new Page { Metadata = new ObjectMeta { Name = "home", Namespace = "default", Finalizers = ["example.com/other"] } }));
        pages = cluster.Resource(Page.Type);
    }

    [Test]
    public async Task A_finalizer_is_added_beside_those_of_others_and_only_once()
    {
        Page added = await pages.AddFinalizerAsync(await pages.GetAsync(Key), "example.com/ours");
        Page again = await pages.AddFinalizerAsync(added, "example.com/ours");

        added.Metadata.Finalizers.Should().Equal("example.com/other", "example.com/ours");
        again.Should().BeSameAs(added);
        cluster.Writes.Lines.Should().Equal("patch pages default/home");
    }

    [Test]
    public async Task An_object_that_changed_meanwhile_is_a_conflict_and_loses_nothing()
    {
        Page read = await pages.GetAsync(Key);
        await pages.PatchAsync(Key, Patch.Merge(new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["finalizers"] = new System.Text.Json.Nodes.JsonArray("example.com/third") } }));

        (await FluentActions.Awaiting(() => pages.AddFinalizerAsync(read, "example.com/ours")).Should().ThrowAsync<ApiException>()).Which.IsConflict.Should().BeTrue();
        (await FluentActions.Awaiting(() => pages.RemoveFinalizerAsync(read, "example.com/other")).Should().ThrowAsync<ApiException>()).Which.IsConflict.Should().BeTrue();

        (await pages.GetAsync(Key)).Metadata.Finalizers.Should().Equal("example.com/third");
    }

    [Test]
    public async Task The_last_finalizer_that_is_removed_lets_a_deleted_object_go()
    {
        await pages.DeleteAsync(Key);
        Page leaving = await pages.GetAsync(Key);

        await pages.RemoveFinalizerAsync(leaving, "example.com/none");
        await pages.RemoveFinalizerAsync(leaving, "example.com/other");

        (await pages.FindAsync(Key)).Should().BeNull();
        await FluentActions.Awaiting(() => pages.RemoveFinalizerAsync(leaving, "example.com/other")).Should().NotThrowAsync("it is gone, which is what was wanted");
    }

    [Test]
    public async Task An_object_that_is_being_deleted_takes_no_finalizer_and_the_error_says_so()
    {
        await pages.DeleteAsync(Key);
        Page leaving = await pages.GetAsync(Key);

        await FluentActions.Awaiting(() => pages.AddFinalizerAsync(leaving, "example.com/ours")).Should().ThrowAsync<InvalidOperationException>().WithMessage("*default/home*being deleted*example.com/ours*");

        cluster.ActionsOf("patch", "pages").Should().BeEmpty();
    }
}
