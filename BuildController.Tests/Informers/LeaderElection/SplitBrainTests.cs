using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.LeaderElection;

/// <summary>
/// Two processes that write all the time, each through its own fence, over one cluster: whatever happens to their requests, clocks and
/// threads, the cluster accepts a write of the one only while the lease is not the other's.
/// </summary>
[TestFixture]
public sealed class SplitBrainTests
{
    private const int Seeds = 200;
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(3);

    private VirtualWorld world = null!;
    private Random random = null!;
    private Network network = null!;
    private Process[] processes = null!;

    [Test]
    public void No_write_of_an_old_leader_is_accepted_after_the_new_one_has_the_lease_and_in_the_end_there_is_one_leader()
    {
        int takeovers = 0, refused = 0, cutOff = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            MakeWorld(seed);
            Partition();
            Start();

            Advance(Duration);
            network.Accepted.Should().OnlyContain(static write => write.Writer == write.Holder, "seed {0}", seed);

            // Healed: no partition lasts longer than the time so far.
            Advance(TimeSpan.FromMinutes(1));
            int before = network.Accepted.Count;
            for (int left = 20; left > 0 && network.Accepted.Count == before; left--)
                Advance(TimeSpan.FromSeconds(5));

            Process leader = processes.Should().ContainSingle(static process => process.Elector.IsLeading, "seed {0}", seed).Subject;
            network.Holder.Should().Be(leader.Identity, "seed {0}", seed);
            network.Accepted.Skip(before).Should().NotBeEmpty("seed {0}", seed).And.OnlyContain(write => write.Writer == leader.Identity, "seed {0}", seed);

            takeovers += network.Accepted.Zip(network.Accepted.Skip(1)).Count(static pair => pair.First.Writer != pair.Second.Writer);
            refused += processes.Sum(static process => process.Outcomes.GetValueOrDefault("NotLeading"));
            cutOff += processes.Sum(static process => process.Outcomes.GetValueOrDefault("ConnectionLost"));
            Stop(seed);
        }

        takeovers.Should().BeGreaterThan(Seeds / 3, "otherwise nothing was tested");
        refused.Should().BeGreaterThan(Seeds * 100);
        cutOff.Should().BeGreaterThan(Seeds / 10);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_process_that_was_frozen_finds_at_its_first_instruction_that_it_does_not_lead(bool isInRenewal)
    {
        MakeWorld(seed: 7, rates: [1, 1]);
        Start();
        Advance(TimeSpan.FromSeconds(30));
        Process old = processes.Single(static process => process.Elector.IsLeading);
        Process other = processes.Single(process => process != old);
        if (isInRenewal)
            AdvanceUntilARenewalIsUnderWay(old);

        Task write = old.Runtime.Start(() => old.WriteAsync());
        int refusedBefore = old.Outcomes.GetValueOrDefault("NotLeading");
        old.Clock.IsFrozen = true;
        Advance(TimeSpan.FromSeconds(25));
        other.Elector.IsLeading.Should().BeTrue("nobody renewed the lease for as long as it lasts, the other one's retry period and jitter");
        int acceptedBefore = network.Accepted.Count;

        // It wakes up: threads run before any timer fires.
        old.Clock.IsFrozen = false;
        old.Elector.IsLeading.Should().BeFalse();
        while (old.Scheduler.RunOne())
        {
        }

        write.IsCompletedSuccessfully.Should().BeTrue();
        old.Outcomes["NotLeading"].Should().BeGreaterThan(refusedBefore);
        old.Clock.FireHeld();
        Advance(TimeSpan.FromSeconds(30));

        network.Accepted.Should().OnlyContain(static accepted => accepted.Writer == accepted.Holder);
        network.Accepted.Skip(acceptedBefore).Should().NotBeEmpty().And.OnlyContain(accepted => accepted.Writer == other.Identity);
        old.Elector.Leader.Should().Be(other.Identity);
        Stop(seed: 7);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_machine_that_was_suspended_does_not_lead_whatever_its_monotonic_clock_says(bool isSuspended)
    {
        MakeWorld(seed: 3, rates: [1, 1]);
        Start();
        Advance(TimeSpan.FromSeconds(30));
        Process old = processes.Single(static process => process.Elector.IsLeading);

        old.Clock.WallClockAhead = isSuspended ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(-3600);

        old.Elector.IsLeading.Should().Be(!isSuspended, "a clock that was set back says nothing");
        old.Elector.Lost.IsCancellationRequested.Should().Be(isSuspended);
        Advance(TimeSpan.FromSeconds(60));
        processes.Should().ContainSingle(static process => process.Elector.IsLeading);
        old.Terms.Should().Be(isSuspended ? 2 : 1, "the term in which it slept is over; nobody else wanted the lease so fast");
        Stop(seed: 3);
    }

    private void MakeWorld(int seed, double[]? rates = null)
    {
        world = new VirtualWorld(seed);
        random = new Random(seed);
        network = new Network(world, seed) { Latency = TimeSpan.FromMilliseconds(1 + random.Next(300)) };
        rates ??= Rates();
        processes = [.. rates.Select((rate, i) => new Process(
            $"process-{i}", network, new ProcessClock(world.Time, rate, TimeSpan.FromHours(random.Next(-10_000, 10_000))), (10 * seed) + i))];
    }

    /// <summary>Any two speeds of which one is up to 1.3 times the other: a lease of 15 seconds with a deadline of 10 allows for 1.5, less what writes are held up.</summary>
    private double[] Rates()
    {
        double common = 0.8 + (0.4 * random.NextDouble());
        double ratio = Math.Pow(1.3, (2 * random.NextDouble()) - 1);
        return [common, common * ratio];
    }

    /// <summary>One to three times, one of them is kept from leases.</summary>
    private void Partition()
    {
        TimeSpan at = TimeSpan.FromSeconds(5);
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            TimeSpan from = at + (TimeSpan.FromSeconds(20) * random.NextDouble());
            TimeSpan to = from + TimeSpan.FromSeconds(5 + (40 * random.NextDouble()));
            int only = random.Next(3);
            for (int i = 0; i < processes.Length; i++)
            {
                if (only == i || only == 2)
                    network.Partition(processes[i], (Fault)random.Next(1, 5), from, to);
            }

            at = to;
        }
    }

    private void Start()
    {
        foreach (Process process in processes)
            process.Start();
    }

    private void Stop(int seed)
    {
        foreach (Process process in processes)
            process.Stop();

        Advance(TimeSpan.FromSeconds(30));
        processes.Should().OnlyContain(static process => process.HasStopped, "seed {0}", seed);
        network.Holder.Should().BeEmpty("seed {0}", seed);
        world.Time.ActiveTimers.Should().Be(0, "seed {0}", seed);
    }

    private void AdvanceUntilARenewalIsUnderWay(Process process)
    {
        long before = network.LeaseRequests;
        while (network.LeaseRequests == before || network.LastLeaseRequestOf != process)
        {
            before = network.LeaseRequests;
            Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Runs what can run, in an order that the seed decides, and moves the clock when nothing can.</summary>
    private void Advance(TimeSpan by)
    {
        long end = world.Time.GetTimestamp() + by.Ticks;
        Pump();
        while (world.Time.AdvanceToNextTimer(TimeSpan.FromTicks(end - world.Time.GetTimestamp())))
            Pump();

        world.Time.Advance(TimeSpan.FromTicks(end - world.Time.GetTimestamp()));
    }

    private void Pump()
    {
        DeterministicScheduler[] all = [world.Scheduler, .. processes.Where(static process => !process.Clock.IsFrozen).Select(static process => process.Scheduler)];
        for (int idle = 0; idle < all.Length;)
        {
            random.Shuffle(all);
            idle = all.Count(static scheduler => !scheduler.RunOne());
        }
    }
}
