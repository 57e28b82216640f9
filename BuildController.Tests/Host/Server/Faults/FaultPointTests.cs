using System.Net;
using System.Text;
using BuildController.Host.Server.Faults;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Server.Faults;

/// <summary>Which requests a plan is asked about, and under which names.</summary>
[TestFixture]
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FaultPointTests
{
    private static readonly ResourceType<UnstructuredObject> Namespaces =
        ResourceType.Unstructured(new GroupVersionResource(string.Empty, "v1", "namespaces"), "Namespace", ResourceScope.Cluster);

    private readonly RecordingPlan plan = new();
    private FaultyServer server = null!;

    private static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    private IEnumerable<string> Asked => plan.Points.Select(point => point.ToString());

    [SetUp]
    public async Task StartServer() => server = await FaultyServer.StartAsync(plan);

    [TearDown]
    public async Task StopServer() => await server.DisposeAsync();

    [Test]
    public async Task Calls_have_the_same_text_over_HTTP_as_those_of_a_fake()
    {
        var fake = new FakeClientset();
        await CallAsync(fake);
        await CallAsync(server.Clientset());

        plan.Points.Select(point => point.Request).Should().Equal(fake.Actions.Select(action => action.ToString()));
        plan.Points.Select(point => point.Verb).Should().Equal(fake.Actions.Select(action => action.Verb));
        plan.Points.Select(point => point.Number).Should().Equal(Enumerable.Range(1, fake.Actions.Count));
        fake.Actions.Select(action => action.ToString()).Should().Contain(["create configmaps default/a", "create configmaps default", "patch namespaces/status default", "watch configmaps"]);
    }

    [Test]
    public async Task Each_client_counts_by_itself_under_the_beginning_of_its_user_agent()
    {
        server.Create("a");
        await server.Client("one").GetAsync(FaultyServer.Key("a"), Cancellation);
        await server.Client("two").GetAsync(FaultyServer.Key("a"), Cancellation);
        await server.Client("one").GetAsync(FaultyServer.Key("a"), Cancellation);
        HttpClient nameless = server.Http();
        nameless.DefaultRequestHeaders.UserAgent.Clear();
        await nameless.GetStringAsync(new Uri(FaultyServer.Path, UriKind.Relative), Cancellation);

        Asked.Should().Equal("one#1 get configmaps default/a", "two#1 get configmaps default/a", "one#2 get configmaps default/a", "unknown#1 list configmaps default");
    }

    [TestCase("/healthz")]
    [TestCase("/version")]
    [TestCase("/api")]
    [TestCase("/apis")]
    [TestCase("/api/v1")]
    [TestCase("/openapi/v2")]
    [TestCase("/nowhere")]
    public async Task What_is_no_request_for_a_resource_does_not_count(string path)
    {
        await server.Http().GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        plan.Points.Should().BeEmpty();
    }

    [Test]
    public async Task Neither_does_a_request_without_the_token_nor_one_of_an_unknown_method()
    {
        HttpClient stranger = server.Http();
        stranger.DefaultRequestHeaders.Authorization = null;
        using var odd = new HttpRequestMessage(HttpMethod.Options, FaultyServer.Path);

        (await stranger.GetAsync(new Uri(FaultyServer.Path, UriKind.Relative), Cancellation)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await server.Http().SendAsync(odd, Cancellation)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);

        plan.Points.Should().BeEmpty();
    }

    [TestCase("application/json", """{"metadata":{"name":"a"},"data":{"x":"y"}}""")]
    [TestCase("application/yaml", "metadata:\n  name: a\ndata:\n  x: 'y'\n")]
    public async Task The_body_of_a_create_is_read_for_its_name_and_read_again(string type, string body)
    {
        using HttpResponseMessage response = await server.Http().PostAsync(FaultyServer.Path, new StringContent(body, Encoding.UTF8, type), Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        (await response.Content.ReadAsStringAsync(Cancellation)).Should().Contain("\"x\":\"y\"");
        Asked.Should().Equal("me#1 create configmaps default/a");
    }

    [TestCase("{", HttpStatusCode.BadRequest)]
    [TestCase("", HttpStatusCode.BadRequest)]
    [TestCase("""{"metadata":7}""", HttpStatusCode.BadRequest)]
    public async Task A_body_that_makes_no_sense_is_refused_as_without_faults(string body, HttpStatusCode code)
    {
        using HttpResponseMessage response = await server.Http().PostAsync(FaultyServer.Path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

        response.StatusCode.Should().Be(code);
        Asked.Should().Equal("me#1 create configmaps default");
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused_as_without_faults()
    {
        using var body = new StringContent($$"""{"metadata":{"name":"a"},"data":{"x":"{{new string('x', 4 << 20)}}"} }""", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await server.Http().PostAsync(FaultyServer.Path, body, Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task A_deletion_of_many_is_a_verb_of_its_own()
    {
        using HttpResponseMessage response = await server.Http().DeleteAsync(FaultyServer.Path, Cancellation);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        Asked.Should().Equal("me#1 deletecollection configmaps default");
    }

    [Test]
    public void Exempt_clients_are_not_asked_about()
    {
        var all = new SeededFaults(1, FaultProfile.Everything with { RequestRate = 1 });
        var some = new FaultsExcept(all, "kubelet", "admin");

        Fault? Of(string client) => some.At(new FaultPoint(client, 1, "get pods", "get"));

        Of("kubelet").Should().BeNull();
        Of("admin").Should().BeNull();
        Of("kubectl").Should().Be(all.At(new FaultPoint("kubectl", 1, "get pods", "get")));
    }

    private static async Task CallAsync(IClientset clientset)
    {
        IResourceClient<UnstructuredObject> maps = clientset.Resource(FaultyServer.Maps);
        await maps.CreateAsync(Map("""{"metadata":{"name":"a","namespace":"default"}}"""), Cancellation);
        await maps.CreateAsync(Map("""{"metadata":{"generateName":"b-","namespace":"default"}}"""), Cancellation);
        UnstructuredObject map = await maps.GetAsync(FaultyServer.Key("a"), Cancellation);
        await maps.ReplaceAsync(map, Cancellation);
        await maps.PatchAsync(FaultyServer.Key("a"), FaultyServer.LabelPatch("y"), Cancellation);
        await clientset.Resource(Namespaces).PatchStatusAsync(new ObjectKey("default"), Patch.Merge(new() { ["status"] = new System.Text.Json.Nodes.JsonObject { ["phase"] = "Active" } }), Cancellation);
        await clientset.Resource(Namespaces).GetAsync(new ObjectKey("default"), Cancellation);
        await maps.ListAsync(null, ListOptions.Default, _ => { }, Cancellation);
        await maps.ListAsync("default", ListOptions.Default, _ => { }, Cancellation);
        await (await maps.WatchAsync(null, new WatchOptions(), Cancellation)).DisposeAsync();
        await maps.DeleteAsync(FaultyServer.Key("a"), null, Cancellation);
    }

    private static UnstructuredObject Map(string json) =>
        new(System.Text.Json.JsonElement.Parse(json.Replace("{\"metadata\"", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\"", StringComparison.Ordinal)));
}
