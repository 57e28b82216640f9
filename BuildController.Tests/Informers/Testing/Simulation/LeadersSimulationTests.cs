using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing.Faults;
using BuildController.Informers.Testing.Simulation;
using FluentAssertions;
using NUnit.Framework;
using Simulate = BuildController.Informers.Testing.Simulation.Simulation;

namespace BuildController.Tests.Informers.Testing.Simulation;

/// <summary>Three processes compete for a lease and write behind a fence, on one scheduler, while everything goes wrong.</summary>
[TestFixture]
public sealed class LeadersSimulationTests
{
    private static readonly ObjectKey Record = new("default", "record");

    private static readonly SimulationScenario Scenario = new()
    {
        Name = "only the leader writes",
        Arrange = static world =>
        {
            world.Put(Resources.ConfigMaps, new ConfigMap { Metadata = new ObjectMeta { Name = Record.Name, Namespace = Record.Namespace } });
            world.AddProcess("candidate", LeadAsync, replicas: 3);
        },
        Act = static async world =>
        {
            await world.DelayUpTo(TimeSpan.FromMinutes(1));
            world.Crash("candidate-0", TimeSpan.FromSeconds(30));
        },
        Invariants = [new Invariant("who has written holds the lease", WrittenByAnother)],
        Goal = new Goal("somebody has written lately", static world => world.Find(Resources.ConfigMaps, Record)!.Data.ContainsKey("writer")),
    };

    [Test]
    public async Task No_write_of_one_that_does_not_lead_is_ever_accepted()
    {
        // A process may stand still between the fence's question and the sending: no fence of its own can help then, only the time between
        // the renew deadline and the end of the lease, five seconds. docs/leader-election.md says so.
        var options = new SimulationOptions
        {
            Faults = FaultProfile.Everything with { RequestRate = 0.2, MaxTime = TimeSpan.FromSeconds(4) },
            MaxRequestsAtRest = 200,
            DisturbedFor = TimeSpan.FromMinutes(4),
        };

        SampleResult sample = await Simulate.SampleAsync(Enumerable.Range(1, 150), Scenario, options);

        TestContext.Out.WriteLine(sample.Report);
        sample.ThrowIfFailed();
        sample.Faults.Should().ContainKey(FaultKind.Pause).And.ContainKey(FaultKind.CrashAfter);
    }

    /// <summary>Looked at when the record has just been written: later the lease may change hands.</summary>
    private static string? WrittenByAnother(SimulatedWorld world)
    {
        ConfigMap record = world.Find(Resources.ConfigMaps, Record)!;
        Lease? lease = world.Find(Lease.ResourceType, new ObjectKey("default", "lease"));
        if (lease is null || long.Parse(record.Metadata.ResourceVersion!) < long.Parse(lease.Metadata.ResourceVersion!))
            return null;

        string writer = record.Data["writer"];
        return writer == lease.Spec.HolderIdentity ? null : $"{writer} has written while {lease.Spec.HolderIdentity} held the lease";
    }

    private static async Task LeadAsync(SimulatedProcess process)
    {
        var options = new LeaderElectionOptions { Namespace = "default", Name = "lease", Identity = process.Name };
        await using var elector = new LeaderElector(process.Clientset, options, process.Runtime);
        IClientset fenced = process.Clientset.WithFence(elector, process.Runtime);
        await elector.RunAsync(term => WriteAsync(fenced, process, term), process.Stopping);
    }

    private static async Task WriteAsync(IClientset fenced, SimulatedProcess process, ILeaderTerm term)
    {
        while (!term.Ended.IsCancellationRequested)
        {
            try
            {
                var change = new JsonObject { ["data"] = new JsonObject { ["writer"] = process.Name } };
                await fenced.Resource(Resources.ConfigMaps).PatchAsync(Record, Patch.Merge(change), term.Ended);
            }
            catch (ApiException)
            {
                // Tried again.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), process.Runtime.Time, term.Ended);
        }
    }
}
