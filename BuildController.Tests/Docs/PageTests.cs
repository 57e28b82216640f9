using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The tests that docs/testing.md shows.</summary>
[TestFixture]
public sealed class PageTests
{
    #region objects
    private static readonly ObjectKey Home = new("default", "home");

    private static readonly Page HomePage = new()
    {
        Metadata = new ObjectMeta { Name = "home", Namespace = "default" },
        Spec = new PageSpec { Text = "Welcome." },
    };
    #endregion

    #region happy-path
    [Test]
    public async Task A_page_is_published_as_a_config_map_of_its_own()
    {
        var client = new FakeClientset(Page.Type.With(HomePage));
        var reconciler = new PageReconciler(client, TimeProvider.System);

        ReconcileResult result = await reconciler.ReconcileAsync(new ReconcileContext<ObjectKey>(Home), CancellationToken.None);

        result.Should().Be(ReconcileResult.Done);
        client.Writes.Lines.Should().Equal("patch pages default/home", "patch configmaps default/home");
        ConfigMap map = await client.Resource(ConfigMap.Type).GetAsync(Home);
        map.Data["text"].Should().Be("Welcome.");
        map.Metadata.OwnerReferences.Should().ContainSingle().Which.Name.Should().Be("home");
    }
    #endregion

    #region conflict
    [Test]
    public void A_page_that_somebody_else_changes_meanwhile_is_read_anew()
    {
        var world = new VirtualWorld();
        var client = new FakeClientset(world.Runtime, Page.Type.With(HomePage));
        FakeReaction patches = client.On("patch", "pages").Run(_ => EditAsync(client, "Welcome back."), times: 1);
        var informers = new SharedInformerFactory(client, runtime: world.Runtime);
        IController controller = new ControllerBuilder("pages")
            .For(Page.Type)
            .Owns(ConfigMap.Type)
            .Build(informers, new PageReconciler(client, world.Time), world.Runtime);

        Task running = controller.RunAsync();
        world.Advance(TimeSpan.FromSeconds(1)); // The conflict is retried after a few milliseconds.

        patches.Count.Should().Be(3, "of the controller one failed and one did not, and one is the other's");
        patches.Actions[^1].PatchJson()["metadata"]!["finalizers"]![0]!.GetValue<string>().Should().Be("example.com/farewell");
        client.ActionsOf("patch", "configmaps").Should().NotBeEmpty().And.OnlyContain(action => action.PatchJson()["data"]!["text"]!.GetValue<string>() == "Welcome back.");
        Stop(world, controller, informers);
        running.IsCompletedSuccessfully.Should().BeTrue();
    }
    #endregion

    #region time
    [Test]
    public void A_page_that_is_deleted_says_farewell_for_five_minutes()
    {
        var world = new VirtualWorld();
        var client = new FakeClientset(world.Runtime, Page.Type.With(HomePage));
        var informers = new SharedInformerFactory(client, runtime: world.Runtime);
        IController controller = new ControllerBuilder("pages").For(Page.Type).Build(informers, new PageReconciler(client, world.Time), world.Runtime);
        _ = controller.RunAsync();
        world.RunUntilIdle();

        world.Run(() => client.Resource(Page.Type).DeleteAsync(Home));
        world.Advance(TimeSpan.FromMinutes(4));
        Map()!.Data["text"].Should().Be("This page is about to go.");

        world.Advance(TimeSpan.FromMinutes(1));
        world.Run(() => client.Resource(Page.Type).FindAsync(Home)).Should().BeNull();
        Map().Should().BeNull("the garbage collector has taken it");
        Stop(world, controller, informers);

        ConfigMap? Map() => world.Run(() => client.Resource(ConfigMap.Type).FindAsync(Home));
    }
    #endregion

    #region edit
    private static Task<Page> EditAsync(FakeClientset client, string text) => client.Resource(Page.Type).PatchAsync(
        Home, Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["text"] = text } }));
    #endregion

    #region stop
    private static void Stop(VirtualWorld world, IController controller, SharedInformerFactory informers)
    {
        world.Run(async () => await controller.DisposeAsync());
        world.Run(async () => await informers.DisposeAsync());
    }
    #endregion

    [Test]
    public async Task Calls_are_refused_delayed_answered_and_counted()
    {
        #region reactions
        var client = new FakeClientset(Page.Type.With(HomePage));
        client.On("get", "pages").Refuse(ApiErrorReason.NotFound, times: 1);            // with the server's code and words
        client.On("patch", "pages/status").Refuse(ApiErrorReason.Conflict);             // always, and only the status
        client.On("*", "configmaps", "default/home").LoseAnswer(times: 1);              // carried out, but nobody is told
        client.On("list", Page.Type).Delay(TimeSpan.FromSeconds(3));                    // on the world's clock
        client.On("create", "*").Run(request => TestContext.Out.WriteLine(request));    // first this, then the call
        client.On("get", "pages").Answer(Page.Type, HomePage, times: 1);                // in the cluster's place
        client.On("watch", "*").Change(answer => answer with { Events = null });        // let pass, and change the answer
        FakeReaction writes = client.On(request => request.IsWrite);                    // only counts
        #endregion

        (await client.Resource(Page.Type).GetAsync(Home)).Metadata.Uid.Should().BeNull("the answer is not the cluster's");
        writes.Count.Should().Be(0);
    }

    [Test]
    public async Task What_was_done_is_told_in_words_and_read_again()
    {
        var client = new FakeClientset(Page.Type.With());
        await client.Resource(Page.Type).CreateAsync(HomePage);
        await EditAsync(client, "Hi.");

        #region actions
        client.Lines.Should().Equal("create pages default/home", "patch pages default/home");   // every call
        client.Writes.Lines.Should().HaveCount(2);                                              // without reads and watches
        client.Actions[0].Object(Page.Type).Spec.Text.Should().Be("Welcome.");                  // what was sent
        client.ActionsOf("patch", "pages")[0].PatchJson()["spec"]!["text"]!.GetValue<string>().Should().Be("Hi.");
        #endregion
    }
}
