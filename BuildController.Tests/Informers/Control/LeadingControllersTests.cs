using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Cache;
using BuildController.Informers.Client;
using BuildController.Informers.Control;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Control;

/// <summary>Two processes with a controller each, one lease between them, and a fence before their writes.</summary>
[TestFixture]
public sealed class LeadingControllersTests
{
    private VirtualWorld world = null!;
    private InMemoryCluster cluster = null!;

    [SetUp]
    public void MakeWorld()
    {
        world = new VirtualWorld();
        cluster = new InMemoryCluster(world.Runtime);
        new FakeClientset(cluster).Seed(Resources.ConfigMaps, new ConfigMap { Metadata = new ObjectMeta { Name = "one", Namespace = "default" } });
    }

    [Test]
    public void One_works_and_the_other_goes_on_when_it_stops()
    {
        var first = new Process(this, "first");
        world.Advance(TimeSpan.FromSeconds(5));
        var second = new Process(this, "second");
        world.Advance(TimeSpan.FromMinutes(1));
        Owner().Should().Be("first");
        second.Visits.Should().Be(0);

        world.Run(first.StopAsync);
        world.Advance(TimeSpan.FromSeconds(5));

        Owner().Should().Be("second", "the lease was given up, not waited out");
        world.Run(second.StopAsync);
        world.Time.ActiveTimers.Should().Be(0);
    }

    [Test]
    public void One_that_is_cut_off_from_the_lease_stops_writing_before_the_other_begins_and_comes_back_as_a_standby()
    {
        var first = new Process(this, "first");
        world.Advance(TimeSpan.FromSeconds(5));
        var second = new Process(this, "second");
        first.IsPartitioned = true;
        string? before = Owner();
        TimeSpan? lastOfFirst = null, firstOfSecond = null;
        for (int i = 0; i < 600; i++)
        {
            Touch(i);
            world.Advance(TimeSpan.FromMilliseconds(100));
            if (Owner() == "first")
                lastOfFirst = TimeSpan.FromTicks(world.Time.GetTimestamp());
            else if (Owner() == "second")
                firstOfSecond ??= TimeSpan.FromTicks(world.Time.GetTimestamp());
        }

        before.Should().Be("first");
        lastOfFirst.Should().BeLessThan(firstOfSecond!.Value);
        first.Failures.Should().Be(0, "to lead no more is no failure of a key");
        int visits = first.Visits;
        first.IsPartitioned = false;
        world.Advance(TimeSpan.FromMinutes(5));
        first.Visits.Should().Be(visits);
        first.HasSynced.Should().BeTrue("its caches are warm");

        world.Run(second.StopAsync);
        Touch(1000);
        world.Advance(TimeSpan.FromSeconds(5));
        Owner().Should().Be("first");
        world.Run(first.StopAsync);
        world.Time.ActiveTimers.Should().Be(0);
    }

    /// <summary>Somebody changes the object, so that who works on it writes again.</summary>
    private void Touch(int value) => world.Run(() => new FakeClientset(cluster).Resource(Resources.ConfigMaps).PatchAsync(
        new ObjectKey("default", "one"), Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["touched"] = $"{value}", ["owner"] = null } })));

    private string? Owner() => world.Run(() => new FakeClientset(cluster).Resource(Resources.ConfigMaps).GetAsync(new ObjectKey("default", "one"))).Data.GetValueOrDefault("owner");

    private sealed class Process : IReconciler<ObjectKey>
    {
        private readonly string name;
        private readonly IClientset fenced;
        private readonly SharedInformerFactory informers;
        private readonly LeaderElector elector;
        private readonly IController controller;

        public Process(LeadingControllersTests scene, string name)
        {
            this.name = name;
            var client = new FakeClientset(scene.cluster);
            client.AddReactor((request, next, _) => IsPartitioned && request.Resource.Plural == "leases"
                ? Task.FromException<FakeResponse>(new ApiException(ApiErrorReason.ConnectionLost, "partitioned"))
                : next());
            elector = new LeaderElector(client, new LeaderElectionOptions { Namespace = "default", Name = "lease", Identity = name }, scene.world.Runtime);
            fenced = client.WithFence(elector, scene.world.Runtime);
            informers = new SharedInformerFactory(client, runtime: scene.world.Runtime);
            var builder = new ControllerBuilder(name) { Options = { Leadership = elector, HotLoopBurst = null } };
            controller = builder.For(Resources.ConfigMaps).Build(informers, this, scene.world.Runtime);
            _ = elector.RunAsync();
            _ = controller.RunAsync();
        }

        public bool IsPartitioned { get; set; }

        public int Visits { get; private set; }

        public int Failures { get; private set; }

        public bool HasSynced => informers.Informers.All(static informer => informer.HasSynced);

        public async ValueTask<ReconcileResult> ReconcileAsync(ReconcileContext<ObjectKey> context, CancellationToken cancellationToken)
        {
            Visits++;
            Failures = Math.Max(Failures, context.Retries);
            ConfigMap map = await fenced.Resource(Resources.ConfigMaps).GetAsync(context.Key, cancellationToken);
            if (map.Data.GetValueOrDefault("owner") != name)
                await fenced.Resource(Resources.ConfigMaps).PatchAsync(context.Key, Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["owner"] = name } }), cancellationToken);

            return ReconcileResult.Done;
        }

        public async Task StopAsync()
        {
            await controller.StopAsync();
            await elector.StopAsync();
            await informers.DisposeAsync();
        }
    }
}
