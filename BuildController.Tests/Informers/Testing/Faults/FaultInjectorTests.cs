using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Informers.Testing.Faults;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Testing.Faults;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FaultInjectorTests
{
    private static readonly ResourceType<UnstructuredObject> Maps =
        ResourceType.Unstructured(new GroupVersionResource(string.Empty, "v1", "configmaps"), "ConfigMap", ResourceScope.Namespaced);

    private static readonly ObjectKey Key = TestCluster.InDefault("a");

    private readonly TestCluster cluster = new();
    private readonly List<string> befallen = [];
    private FaultInjector injector = null!;

    [Test]
    public void A_late_answer_was_carried_out_before()
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(FaultKind.Slow) { Time = TimeSpan.FromMinutes(1) });

        Task<UnstructuredObject> patch = Start(() => client.PatchAsync(Key, TestCluster.Merge("""{"data":{"x":"y"}}""")));

        IsApplied.Should().BeTrue();
        patch.IsCompleted.Should().BeFalse();
        cluster.World.Advance(TimeSpan.FromMinutes(1));
        patch.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void A_refusal_comes_late_too_and_is_lost_like_any_answer()
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(FaultKind.Slow), new Fault(FaultKind.AnswerLost));

        Task<UnstructuredObject> late = Start(() => client.GetAsync(TestCluster.InDefault("missing")));
        late.IsCompleted.Should().BeFalse();
        cluster.World.Advance(TimeSpan.FromSeconds(1));
        late.Exception!.InnerException.Should().BeOfType<ApiException>().Which.IsNotFound.Should().BeTrue();

        ErrorOf(() => client.GetAsync(TestCluster.InDefault("missing"))).Reason.Should().Be(ApiErrorReason.ConnectionLost);
    }

    [TestCase(FaultKind.Conflict, ApiErrorReason.Conflict, 409, false)]
    [TestCase(FaultKind.TooManyRequests, ApiErrorReason.TooManyRequests, 429, false)]
    [TestCase(FaultKind.InternalError, ApiErrorReason.InternalError, 500, false)]
    [TestCase(FaultKind.Unavailable, ApiErrorReason.ServiceUnavailable, 503, false)]
    [TestCase(FaultKind.Reset, ApiErrorReason.ConnectionLost, 0, false)]
    [TestCase(FaultKind.AnswerLost, ApiErrorReason.ConnectionLost, 0, true)]
    [TestCase(FaultKind.Restart, ApiErrorReason.ConnectionLost, 0, false)]
    [TestCase(FaultKind.RestartEmpty, ApiErrorReason.ConnectionLost, 0, false)]
    [TestCase(FaultKind.CrashBefore, ApiErrorReason.ConnectionLost, 0, false)]
    [TestCase(FaultKind.CrashAfter, ApiErrorReason.ConnectionLost, 0, true)]
    public void A_write_fails_as_its_fault_says(FaultKind kind, ApiErrorReason reason, int code, bool isApplied)
    {
        ApiException error = ErrorOf(() => Patch(ClientOf(new Fault(kind) { Time = TimeSpan.FromSeconds(1.2) })));

        error.Reason.Should().Be(reason);
        error.Code.Should().Be(code);
        error.Message.Should().Contain("(a fault)");
        error.RetryAfter.Should().Be(kind == FaultKind.TooManyRequests ? TimeSpan.FromSeconds(2) : null);
        IsApplied.Should().Be(isApplied);
    }

    [Test]
    public void A_process_that_stands_still_sends_its_request_later()
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(FaultKind.Pause));

        Task<UnstructuredObject> patch = Start(() => Patch(client));

        IsApplied.Should().BeFalse();
        cluster.World.Advance(TimeSpan.FromSeconds(1));
        patch.IsCompletedSuccessfully.Should().BeTrue();
        IsApplied.Should().BeTrue();
    }

    [Test]
    public void A_list_that_is_cut_short_hands_over_some_items_and_fails()
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(FaultKind.ListTruncated) { AfterEvents = 2 }, new Fault(FaultKind.ListTruncated) { AfterEvents = 9 });
        cluster.ConfigMap("b");
        cluster.ConfigMap("c");
        var first = new List<string>();
        var second = new List<string>();

        ErrorOf(() => client.ListAsync("default", ListOptions.Default, item => first.Add(item.Metadata.Name))).Reason.Should().Be(ApiErrorReason.ConnectionLost);
        ErrorOf(() => client.ListAsync("default", ListOptions.Default, item => second.Add(item.Metadata.Name))).Reason.Should().Be(ApiErrorReason.ConnectionLost);

        first.Should().Equal("a", "b");
        second.Should().Equal(["a", "b", "c"], "it ends before its end even if it has fewer items");
    }

    [Test]
    public void A_compaction_serves_the_request_and_expires_what_was_before()
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(FaultKind.Compaction));
        string before = cluster.Version;
        cluster.ConfigMap("b");

        Run(() => client.GetAsync(Key));

        cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = before }).Seen.Should().Equal("Error");
    }

    [TestCase(FaultKind.Restart, false)]
    [TestCase(FaultKind.RestartEmpty, true)]
    public void While_the_server_is_away_all_are_refused_and_nothing_else_befalls_them(FaultKind kind, bool forgets)
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(kind) { Time = TimeSpan.FromSeconds(5) }, new Fault(FaultKind.Conflict), null);
        string before = cluster.Version;
        cluster.ConfigMap("b");
        WatchRecorder open = cluster.Watch(CoreResources.ConfigMaps);

        ErrorOf(() => Patch(client)).Reason.Should().Be(ApiErrorReason.ConnectionLost);
        open.HasEnded.Should().BeTrue();
        ErrorOf(() => Patch(client)).Reason.Should().Be(ApiErrorReason.ConnectionRefused);
        befallen.Should().HaveCount(1, "nobody is there to see a conflict");

        cluster.World.Advance(TimeSpan.FromSeconds(5));
        Run(() => Patch(client));
        IsApplied.Should().BeTrue();
        cluster.Watch(CoreResources.ConfigMaps, new WatchOptions { ResourceVersion = before }).Seen.Should().Equal(forgets ? ["Error"] : ["Added b", "Modified a"]);
    }

    [Test]
    public void Requests_are_counted_from_one_and_named_as_they_are_recorded()
    {
        var seen = new List<FaultPoint>();
        var clientset = new FakeClientset(cluster.Api);
        injector = new FaultInjector("me", new Recording(seen), cluster.Api, cluster.World.Runtime);
        clientset.AddReactor(injector.ReactAsync);
        IResourceClient<UnstructuredObject> client = clientset.Resource(Maps);
        cluster.ConfigMap("a");

        Run(() => client.GetAsync(Key));
        Run(() => client.ListAsync("default", ListOptions.Default, _ => { }));
        Run(() => Patch(client));

        seen.Select(point => point.ToString()).Should().Equal("me#1 get configmaps default/a", "me#2 list configmaps default", "me#3 patch configmaps default/a");
        injector.Requests.Should().Be(3);
    }

    [Test]
    public void What_does_not_fit_the_request_is_left_out()
    {
        IResourceClient<UnstructuredObject> client = ClientOf(new Fault(FaultKind.WatchClosed), new Fault(FaultKind.Conflict));

        Run(() => client.GetAsync(Key));
        Run(() => client.GetAsync(Key));

        befallen.Should().BeEmpty();
    }

    [Test]
    public void A_simulation_decides_what_befalls_its_process()
    {
        var told = new List<FaultKind>();
        IResourceClient<UnstructuredObject> client = ClientOf(
            [new Fault(FaultKind.CrashBefore), new Fault(FaultKind.Slow)],
            (fault, pass) =>
            {
                told.Add(fault.Kind);
                return pass();
            });

        Run(() => Patch(client));
        Start(() => Patch(client));

        told.Should().Equal([FaultKind.CrashBefore], "a late answer is none of the process's business");
        IsApplied.Should().BeTrue();
    }

    private bool IsApplied => TestCluster.Text(cluster.Get(CoreResources.ConfigMaps, "a"), "data.x") == "y";

    private static Task<UnstructuredObject> Patch(IResourceClient<UnstructuredObject> client) => client.PatchAsync(Key, TestCluster.Merge("""{"data":{"x":"y"}}"""));

    private IResourceClient<UnstructuredObject> ClientOf(params Fault?[] faults) => ClientOf(faults, null);

    private IResourceClient<UnstructuredObject> ClientOf(Fault?[] faults, Func<Fault, Func<Task<FakeResponse>>, Task<FakeResponse>>? process)
    {
        var script = new ScriptedFaults(faults.Index().Where(entry => entry.Item is not null).Select(entry => KeyValuePair.Create(("me", entry.Index + 1), entry.Item!)));
        injector = new FaultInjector("me", script, cluster.Api, cluster.World.Runtime)
        {
            Befalls = (point, fault) => befallen.Add($"{point}: {fault}"),
            Process = process,
        };
        var clientset = new FakeClientset(cluster.Api);
        clientset.AddReactor(injector.ReactAsync);
        cluster.ConfigMap("a");
        return clientset.Resource(Maps);
    }

    private Task<T> Start<T>(Func<Task<T>> call)
    {
        Task<T> task = null!;
        cluster.World.Runtime.Start(() => task = call());
        cluster.World.RunUntilIdle();
        return task;
    }

    private T Run<T>(Func<Task<T>> call) => cluster.World.Run(call);

    private ApiException ErrorOf<T>(Func<Task<T>> call) => FluentActions.Invoking(() => Run(call)).Should().Throw<ApiException>().Which;

    private sealed class Recording(List<FaultPoint> seen) : IFaultPlan
    {
        public Fault? At(FaultPoint point)
        {
            seen.Add(point);
            return null;
        }
    }
}
