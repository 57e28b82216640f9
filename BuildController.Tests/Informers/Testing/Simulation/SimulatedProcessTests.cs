using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing.Faults;
using BuildController.Informers.Testing.Simulation;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Simulate = BuildController.Informers.Testing.Simulation.Simulation;

namespace BuildController.Tests.Informers.Testing.Simulation;

/// <summary>What happens to processes, and which faults of theirs a simulation finds.</summary>
[TestFixture]
public sealed class SimulatedProcessTests
{
    private static readonly ObjectKey Counter = new("default", "counter");
    private static readonly SimulationOptions Short = new() { DisturbedFor = TimeSpan.FromSeconds(30), Patience = TimeSpan.FromMinutes(5), MaxRequestsAtRest = 200 };

    [Test]
    public void A_dead_process_does_nothing_more_and_its_next_life_begins_anew()
    {
        var lives = new List<int>();
        SimulationScenario scenario = Scenario(
            async process =>
            {
                lives.Add(process.Incarnation);
                await TickAsync(process, process.Incarnation);
            },
            async world =>
            {
                await world.Delay(TimeSpan.FromSeconds(9.5));
                world.Crash("ticker", TimeSpan.FromSeconds(5));
            });

        SimulationResult result = Simulate.Run(1, scenario, ScriptedFaults.None, Short);

        result.ThrowIfFailed();
        lives.Should().Equal(1, 2);
        TraceEntry[] writes = [.. result.Trace.Where(static entry => entry.What.StartsWith("patch", StringComparison.Ordinal))];
        writes.Where(static entry => entry.At < TimeSpan.FromSeconds(9.5)).Should().HaveCount(9);
        writes.Should().NotContain(static entry => entry.At > TimeSpan.FromSeconds(9.5) && entry.At < TimeSpan.FromSeconds(15));
        result.TraceText.Should().Contain("dies: the scenario says so").And.Contain("starts again (life 2)");
    }

    [TestCase(FaultKind.CrashBefore, 4)]
    [TestCase(FaultKind.CrashAfter, 5)]
    public void A_crash_before_a_request_leaves_it_undone_and_one_after_it_done(FaultKind kind, int ticksOfTheFirstLife)
    {
        int counted = 0;
        SimulationScenario scenario = Scenario(process => TickAsync(process, process.Incarnation), _ => Task.CompletedTask, world =>
        {
            if (world.Find(Resources.ConfigMaps, Counter)?.Data is { } data && data.GetValueOrDefault("life") == "1")
                counted = int.Parse(data["ticks"]);
        });

        SimulationResult result = Simulate.Run(1, scenario, ScriptedFaults.One("ticker", 5, new Fault(kind) { Time = TimeSpan.FromSeconds(3) }), Short);

        result.ThrowIfFailed();
        result.Faults.Should().ContainSingle();
        counted.Should().Be(ticksOfTheFirstLife);
    }

    [Test]
    public void A_process_that_stands_still_does_nothing_meanwhile_and_all_that_it_missed_afterwards()
    {
        SimulationScenario scenario = Scenario(process => TickAsync(process, 1), static _ => Task.CompletedTask);

        SimulationResult result = Simulate.Run(1, scenario, ScriptedFaults.One("ticker", 5, new Fault(FaultKind.Pause) { Time = TimeSpan.FromSeconds(10) }), Short);

        result.ThrowIfFailed();
        TimeSpan[] writes = [.. result.Trace.Where(static entry => entry.What.StartsWith("patch", StringComparison.Ordinal)).Select(static entry => entry.At)];
        writes[4].Should().BeGreaterThan(TimeSpan.FromSeconds(15));
        (writes[4] - writes[3]).Should().BeGreaterThan(TimeSpan.FromSeconds(10));
    }

    [Test]
    public void A_process_that_dies_by_itself_is_started_again_and_the_trace_says_why()
    {
        SimulationScenario scenario = Scenario(
            static process => process.Incarnation < 3 ? throw new InvalidOperationException("cannot begin") : TickAsync(process, process.Incarnation), static _ => Task.CompletedTask);

        SimulationResult result = Simulate.Run(1, scenario, ScriptedFaults.None, Short);

        result.ThrowIfFailed();
        result.TraceText.Should().Contain("dies: InvalidOperationException: cannot begin").And.Contain("starts again (life 3)");
    }

    [Test]
    public void What_a_process_logs_as_a_warning_stands_in_the_trace()
    {
        SimulationScenario scenario = Scenario(
            static process =>
            {
                ILogger logger = process.Runtime.LoggerFactory.CreateLogger("test");
#pragma warning disable CA1848, CA2254 // One line of a test.
                logger.LogWarning("the milk is sour");
                logger.LogInformation("the sun shines");
#pragma warning restore CA1848, CA2254
                return TickAsync(process, 1);
            },
            static _ => Task.CompletedTask);

        string trace = Simulate.Run(1, scenario, ScriptedFaults.None, Short).TraceText;

        trace.Should().Contain("log Warning: the milk is sour").And.NotContain("the sun shines");
    }

    [Test]
    public void A_process_that_does_not_stop_is_found() =>
        FailureOf(Scenario(static process => TickAsync(process, 1, stops: false), static _ => Task.CompletedTask)).Should().Be("ticker did not stop within 00:01:00");

    [Test]
    public void A_process_that_leaves_a_timer_behind_is_found() => FailureOf(Scenario(
        static async process =>
        {
            _ = process.Runtime.Time.CreateTimer(static _ => { }, null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            await TickAsync(process, 1);
        },
        static _ => Task.CompletedTask)).Should().Be("ticker has stopped and left 1 timers behind");

    [Test]
    public void A_process_that_never_rests_is_found() =>
        FailureOf(Scenario(static process => TickAsync(process, 1, every: TimeSpan.FromMilliseconds(100)), static _ => Task.CompletedTask)).Should().Contain("requests a minute at rest: at most 200 are allowed");

    [Test]
    public void A_process_that_spins_without_waiting_is_found()
    {
        SimulationScenario scenario = Scenario(
            static async process =>
            {
                while (!process.Stopping.IsCancellationRequested)
                    await Task.Yield();
            },
            static _ => Task.CompletedTask);

        Simulate.Run(1, scenario, ScriptedFaults.None, Short with { MaxSteps = 10_000 }).Failure!.What.Should().Contain("still not over after 10000 steps");
    }

    [Test]
    public void A_goal_that_is_not_reached_or_does_not_last_is_found()
    {
        SimulationScenario never = Scenario(static process => TickAsync(process, 1), static _ => Task.CompletedTask) with { Goal = new Goal("peace", static _ => false) };
        SimulationScenario brief = never with { Goal = new Goal("a small count", static world => Ticks(world) < 50) };

        FailureOf(never).Should().Be("the goal 'peace' was not reached within 00:05:00 of calm");
        FailureOf(brief).Should().Be("the goal 'a small count' did not last for 00:02:00");
    }

    [Test]
    public void Users_who_fail_or_never_end_and_mistakes_of_the_test_itself_are_told_as_such()
    {
        SimulationScenario scenario = Scenario(static process => TickAsync(process, 1), static _ => throw new InvalidOperationException("no such user"));
        FailureOf(scenario).Should().Be("the users' acts threw InvalidOperationException: no such user");
        FailureOf(scenario with { Act = static world => world.Delay(TimeSpan.FromDays(9)) }).Should().Contain("the users did not come to an end");
        FailureOf(scenario with { Arrange = static _ => throw new FormatException("bad seed") }).Should().Be("the scenario itself threw FormatException: bad seed");
        FailureOf(scenario with { Act = static _ => Task.CompletedTask, Goal = new Goal("known", static world => world.List(Claim.Resource).Count == 0) })
            .Should().Contain("register it in the scenario's Arrange");
    }

    [Test]
    public void A_process_has_its_own_name()
    {
        SimulationScenario scenario = Scenario(static process => TickAsync(process, 1), static _ => Task.CompletedTask);
        FailureOf(scenario with
        {
            Arrange = static world =>
            {
                world.AddProcess("a", static _ => Task.CompletedTask);
                world.AddProcess("a", static _ => Task.CompletedTask);
            },
        }).Should().Contain("There is a process 'a' already");
    }

    private static string FailureOf(SimulationScenario scenario) => Simulate.Run(1, scenario, ScriptedFaults.None, Short).Failure!.What;

    private static SimulationScenario Scenario(Func<SimulatedProcess, Task> run, Func<SimulatedWorld, Task> act, Action<SimulatedWorld>? look = null) => new()
    {
        Name = "a ticker",
        Arrange = world =>
        {
            world.Put(Resources.ConfigMaps, new ConfigMap { Metadata = new ObjectMeta { Name = Counter.Name, Namespace = Counter.Namespace } });
            world.AddProcess("ticker", run);
        },
        Act = act,
        Invariants =
        [
            new Invariant("it is looked at", world =>
            {
                look?.Invoke(world);
                return null;
            }),
        ],
        Goal = new Goal("it ticks", static world => Ticks(world) > 3),
    };

    private static int Ticks(SimulatedWorld world) => int.Parse(world.Find(Resources.ConfigMaps, Counter)!.Data.GetValueOrDefault("ticks", "0"));

    /// <summary>Counts in the cluster, once a second, without ever reading.</summary>
    private static async Task TickAsync(SimulatedProcess process, int life, bool stops = true, TimeSpan? every = null)
    {
        IResourceClient<ConfigMap> maps = process.Clientset.Resource(Resources.ConfigMaps);
        CancellationToken stop = stops ? process.Stopping : CancellationToken.None;
        try
        {
            for (int ticks = 1; ; ticks++)
            {
                await Task.Delay(every ?? TimeSpan.FromSeconds(1), process.Runtime.Time, stop);
                await maps.PatchAsync(Counter, Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["ticks"] = $"{ticks}", ["life"] = $"{life}" } }), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // In order.
        }
    }
}
