using System.Text.Json.Nodes;
using BuildController.Informers.Client;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>On real threads: many take part and look while terms come and go.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class LeaderElectorThreadsTests
{
    private const int Terms = 30;
    private const int Workers = 4;

    private readonly Lock gate = new();
    private readonly List<int> present = [];
    private readonly HashSet<int> seen = [];
    private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool overlapped;
    private bool contradicted;

    [Test]
    public async Task No_work_joins_a_term_while_work_of_an_older_one_has_not_left_and_whoever_looks_sees_one_state(CancellationToken giveUp)
    {
        var client = new FakeClientset();
        client.Seed(Lease.ResourceType, new Lease { Metadata = new() { Name = "test", Namespace = "operators" } });
        var elector = new LeaderElector(client, new LeaderElectionOptions
        {
            Namespace = "operators", Name = "test", RetryPeriod = TimeSpan.FromMilliseconds(1),
        });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        Task run = elector.RunAsync(giveUp);
        Task[] workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(elector, client, over.Token), giveUp))];

        await enough.Task.WaitAsync(giveUp);
        over.Cancel();
        await Task.WhenAll(workers).WaitAsync(giveUp);
        await elector.DisposeAsync();

        run.IsCompletedSuccessfully.Should().BeTrue();
        (overlapped, contradicted).Should().Be((false, false));
        elector.Health.Should().Be(new LeaderElectionHealth());
    }

    private async Task WorkAsync(LeaderElector elector, FakeClientset client, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                using ILeaderTerm term = await elector.JoinAsync(over);
                Enter(term.Token.Number);
                Look(elector);
                Free(client);
                await Task.Delay(Timeout.Infinite, term.Ended).ContinueWith(static _ => { }, TaskScheduler.Default);
                Look(elector);
                Leave(term.Token.Number);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Enter(int number)
    {
        lock (gate)
        {
            overlapped |= present.Exists(other => other != number);
            present.Add(number);
            seen.Add(number);
            if (seen.Count >= Terms)
                enough.TrySetResult();
        }
    }

    private void Leave(int number)
    {
        lock (gate)
            present.Remove(number);
    }

    private void Look(LeaderElector elector)
    {
        LeaderElectionHealth health = elector.Health;
        if ((health.Term is null) != (health.SinceRenewal is null) || (health.IsLeading && health.Term is null))
            contradicted = true;
    }

    /// <summary>Somebody frees the lease: the next renewal finds it so, and the term is lost.</summary>
    private static void Free(FakeClientset client) => client.Cluster.Patch(
        CoreResources.Leases, new("operators", "test"), null, Patch.Merge(new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "" } }), null, out _);
}
