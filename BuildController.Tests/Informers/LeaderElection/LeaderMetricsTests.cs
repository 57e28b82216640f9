using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

[TestFixture]
public sealed class LeaderMetricsTests : IMeterFactory
{
    private readonly List<string> counted = [];
    private readonly List<string> observed = [];
    private LeaseScene scene = null!;
    private Meter meter = null!;
    private MeterListener listener = null!;
    private OperatorRuntime runtime = null!;

    [SetUp]
    public void Listen()
    {
        counted.Clear();
        scene = new LeaseScene();
        meter = new Meter("test");
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter == meter)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        runtime = new OperatorRuntime { Time = scene.World.Time, Scheduler = scene.World.Scheduler, Random = new Random(1), MeterFactory = this };
    }

    [TearDown]
    public void StopListening()
    {
        listener.Dispose();
        meter.Dispose();
    }

    public Meter Create(MeterOptions options) => meter;

    public void Dispose()
    {
    }

    [Test]
    public void The_gauge_says_of_each_elector_that_runs_whether_it_leads()
    {
        LeaderElector leader = Elector("a", "lease-1");
        LeaderElector standby = Elector("b", "lease-2");
        scene.Client.Seed(Lease.ResourceType, new Lease
        {
            Metadata = new ObjectMeta { Name = "lease-2", Namespace = LeaseScene.Key.Namespace }, Spec = scene.HeldBy("other"),
        });
        Observe().Should().BeEmpty();
        leader.RunAsync();
        standby.RunAsync();
        scene.World.RunUntilIdle();

        Observe().Should().BeEquivalentTo("leader_election_master_status 1 name=lease-1", "leader_election_master_status 0 name=lease-2");
        scene.World.Run(() => leader.StopAsync());
        Observe().Should().Equal("leader_election_master_status 0 name=lease-2");
        scene.World.Run(() => standby.StopAsync());
        Observe().Should().BeEmpty();
    }

    [Test]
    public void Renewals_that_have_to_read_the_lease_are_counted()
    {
        LeaderElector elector = Elector("a", LeaseScene.Key.Name);
        elector.RunAsync();
        scene.World.Advance(TimeSpan.FromSeconds(3));
        counted.Should().BeEmpty();
        scene.Change(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["a"] = "b" } } });

        scene.World.Advance(TimeSpan.FromSeconds(5));

        counted.Should().Equal("leader_election_slowpath_total 1 name=test");
        scene.World.Run(() => elector.StopAsync());
    }

    [Test]
    public void Writes_that_are_refused_are_counted_by_their_verb()
    {
        IResourceClient<Lease> fenced = scene.Client.WithFence(Elector("a", "lease-1"), runtime).Resource(Lease.ResourceType);

        FluentActions.Invoking(() => scene.World.Run(() => fenced.DeleteAsync(LeaseScene.Key))).Should().Throw<ApiException>();
        FluentActions.Invoking(() => scene.World.Run(() => fenced.GetAsync(LeaseScene.Key))).Should().Throw<ApiException>().Which.IsNotFound.Should().BeTrue();

        counted.Should().Equal("rest_client_fenced_writes_total 1 verb=delete");
    }

    private LeaderElector Elector(string identity, string name) => new(scene.Client, scene.Options with { Identity = identity, Name = name }, runtime);

    private List<string> Observe()
    {
        observed.Clear();
        listener.RecordObservableInstruments();
        return observed;
    }

    private void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value}");
        foreach ((string tag, object? of) in tags)
            text += $" {tag}={of}";

        (instrument.IsObservable ? observed : counted).Add(text);
    }
}
