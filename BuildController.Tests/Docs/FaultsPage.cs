using System.Text.RegularExpressions;
using BuildController.Host.Server;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Client.Configuration;
using BuildController.Informers.Client.Http;
using BuildController.Informers.Control;
using BuildController.Informers.Execution;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>The code of docs/faults.md, and whether the page is complete.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed partial class FaultsPage
{
    private static readonly ObjectKey Home = new("default", "home");

    private static readonly Page HomePage = new()
    {
        Metadata = new ObjectMeta { Name = "home", Namespace = "default" },
        Spec = new PageSpec { Text = "Welcome." },
    };

    #region scripted
    [Test]
    public async Task A_page_whose_first_write_was_applied_but_not_answered_is_published_at_the_next_visit()
    {
        var client = new FakeClientset(Page.Type.With(HomePage));
        var plan = new ScriptedFaults(
        [
            new(("pages", 2), new Fault(FaultKind.AnswerLost)),       // the patch of the finalizers
            new(("pages", 4), new Fault(FaultKind.TooManyRequests)),  // at the second visit, that of the map
        ]);
        client.AddReactor(new FaultInjector("pages", plan, client.Cluster, OperatorRuntime.Default).ReactAsync);
        var reconciler = new PageReconciler(client, TimeProvider.System);
        Task VisitAsync() => reconciler.ReconcileAsync(new ReconcileContext<ObjectKey>(Home), CancellationToken.None).AsTask();

        (await FluentActions.Awaiting(VisitAsync).Should().ThrowAsync<ApiException>()).Which.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        (await FluentActions.Awaiting(VisitAsync).Should().ThrowAsync<ApiException>()).Which.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        await VisitAsync();

        client.ActionsOf("patch", "pages").Should().ContainSingle("the finalizer was there when the page was read again");
        (await client.Resource(ConfigMap.Type).GetAsync(Home)).Data["text"].Should().Be("Welcome.");
    }
    #endregion

    #region seeded
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void A_page_is_published_whatever_goes_wrong(int seed)
    {
        var world = new VirtualWorld(seed);
        var client = new FakeClientset(world.Runtime, Page.Type.With(HomePage));
        var plan = new SeededFaults(seed, FaultProfile.Everything with { RequestRate = 0.5, WatchRate = 0.5 });
        client.AddReactor(new FaultInjector("pages", plan, client.Cluster, world.Runtime).ReactAsync);
        var informers = new SharedInformerFactory(client, runtime: world.Runtime);
        IController controller = new ControllerBuilder("pages").For(Page.Type).Build(informers, new PageReconciler(client, world.Time), world.Runtime);

        _ = controller.RunAsync();
        world.Advance(TimeSpan.FromHours(1));

        var other = new FakeClientset(client.Cluster);
        world.Run(() => other.Resource(ConfigMap.Type).GetAsync(Home)).Data["text"].Should().Be("Welcome.");
        world.Run(async () => await controller.DisposeAsync());
        world.Run(async () => await informers.DisposeAsync());
    }
    #endregion

    #region http
    [Test]
    public async Task Over_HTTP_a_client_is_told_when_to_come_again_and_hears_of_a_lost_answer_nothing()
    {
        var plan = new ScriptedFaults(
        [
            new(("pages", 1), new Fault(FaultKind.TooManyRequests) { Time = TimeSpan.FromSeconds(2) }),
            new(("pages", 2), new Fault(FaultKind.AnswerLost)),
        ]);
        await using EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new InMemoryCluster(), new EmbeddedApiServerOptions { Faults = plan });
        await using var clientset = new HttpClientset(
            new ClusterConfiguration { Server = server.Address, BearerToken = server.Token, CertificateAuthorities = [server.Authority], UserAgent = "pages/1.0" },
            OperatorRuntime.Default);
        IResourceClient<ConfigMap> maps = clientset.Resource(ConfigMap.Type);
        var map = new ConfigMap { Metadata = HomePage.Metadata };

        ApiException refused = (await FluentActions.Awaiting(() => maps.CreateAsync(map)).Should().ThrowAsync<ApiException>()).Which;
        ApiException lost = (await FluentActions.Awaiting(() => maps.CreateAsync(map)).Should().ThrowAsync<ApiException>()).Which;

        refused.RetryAfter.Should().Be(TimeSpan.FromSeconds(2));
        lost.Reason.Should().Be(ApiErrorReason.ConnectionLost);
        (await maps.ListAsync("default")).Items.Should().ContainSingle("nothing befalls the third request, and the second was carried out");
    }
    #endregion

    [Test]
    public void The_page_tells_of_every_kind_of_fault()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "faults.md"));
        string kinds = page.Split("\n## ").Single(static part => part.StartsWith("Every kind", StringComparison.Ordinal));

        string[] told = [.. Row().Matches(kinds).Select(static row => row.Groups[1].Value)];

        told.Should().BeEquivalentTo(Enum.GetNames<FaultKind>(), "each has a row of its own");
    }

    [GeneratedRegex(@"^\| `([A-Za-z]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
