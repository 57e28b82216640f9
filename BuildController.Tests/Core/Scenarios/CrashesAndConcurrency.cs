using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Execution;
using BuildController.Informers.LeaderElection;
using BuildController.Informers.Testing;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>The controller dies, is away, is there twice, or has a wrong clock. Core/Exploration goes through many more of these.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class CrashesAndConcurrency
{
    private const string LeaseName = "machine-os-builder";

    [Test]
    public void Scenario_50_A_crash_after_any_call_of_a_rebuild_leads_to_the_same_end() => BothBuilders.Run(static builder =>
    {
        int at = 0;
        while (HasDied(++at))
        {
            // The next call, then.
        }

        at.Should().BeGreaterThan(30, "the whole rebuild was gone through");

        bool HasDied(int call)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            ControllerProcess first = world.Controller;
            first.KillAfter(call);
            world.Request("1").Until("the end, of one or the other", () => first.IsDead || IsServed(world, "1"));
            if (first.IsDead)
                world.Pass(TimeSpan.FromSeconds(call % 3 * 20)).StartController();

            world.UntilBuilt().Pass(TimeSpan.FromMinutes(3));
            world.ShouldBeOk(before);
            world.Builds().Should().Be(2, $"one build serves the request, though the controller died after call {call}");
            return first.IsDead;
        }
    });

    [Test]
    public void Scenario_51_A_request_made_while_the_controller_is_down_is_served_at_its_start() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.WhileDown(static world => world.Request("1").Pass(TimeSpan.FromHours(3)));

        world.UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_52_A_build_that_ended_while_the_controller_was_down_is_recorded_and_not_repeated() => BothBuilders.Run(static builder =>
    {
        foreach (TimeSpan away in (TimeSpan[])[TimeSpan.FromMinutes(1), TimeSpan.FromHours(5)])
        {
            using BuildWorld good = BuildWorld.WithFirstImage(builder: builder);
            string? before = good.Image();
            good.Request("1").UntilPhase("Running").WhileDown(world => world.UntilPhase("Succeeded").Pass(away));
            good.UntilBuilt().ShouldBeOk(before);
            good.Builds().Should().Be(2);
            good.ShouldRest();

            using BuildWorld bad = BuildWorld.WithFirstImage(builder: builder);
            before = bad.Image();
            bad.Break().Request("1").UntilPhase("Running").WhileDown(world => world.Pass(TimeSpan.FromSeconds(30) + away));
            bad.UntilFailed().Pass(TimeSpan.FromMinutes(5)).ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
            bad.Builds().Should().Be(2);
            bad.ShouldRest();
        }
    });

    [Test]
    public void Scenario_53_A_build_that_vanished_while_the_controller_was_down_is_tried_again() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Request("1").UntilCondition(PoolConditionTypes.Building);

        world.WhileDown(static world => world.DeleteBuild().Until("its end", () => world.BuildsOf().Count == 0));

        world.UntilCondition(PoolConditionTypes.BuildInterrupted).Annotation(PoolKeys.RebuildImage).Should().Be("1");
        world.UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(3);
        world.EventReasons().Should().Contain([nameof(PoolEventReason.BuildInterrupted), nameof(PoolEventReason.BuildRetried)]);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_54_An_image_that_was_pushed_and_not_recorded_before_the_crash_is_recorded_after_it() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        ControllerProcess first = world.Controller;
        first.SetFault((_, request, next) =>
        {
            if (request.IsWrite && world.BuildsOf().Any(static build => build.Phase == "Succeeded"))
                first.Kill();

            return first.IsDead ? Never() : next();
        });
        world.Request("1").Until("the crash", () => first.IsDead).Pass(TimeSpan.FromMinutes(3));
        world.Image().Should().Be(before, "nothing was recorded");

        world.StartController();

        world.UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(2, "the image is there, and needs no other build");
    });

    [Test]
    public void Scenario_55_What_a_crash_after_the_record_left_is_cleared_without_another_build() => BothBuilders.Run(static builder =>
    {
        foreach (int deletes in (int[])[0, 1, 2])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            ControllerProcess first = world.Controller;
            int deleted = 0;
            first.SetFault((_, request, next) =>
            {
                if (request.Verb == "delete" && deleted++ == deletes)
                    first.Kill();

                return first.IsDead ? Never() : next();
            });
            world.Request("1").Until("the crash", () => first.IsDead).Pass(TimeSpan.FromMinutes(3));
            world.Image().Should().NotBe(before, "it was recorded");
            world.Objects(BuildWorld.Worker).Should().NotBeEmpty();
            string? recorded = world.Image();

            world.StartController();

            world.UntilBuilt().ShouldBeOk(before);
            world.Image().Should().Be(recorded);
            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_56_Two_controllers_at_once_do_no_harm_and_a_lease_is_handed_over() => BothBuilders.Run(static builder =>
    {
        for (int seed = 1; seed <= 5; seed++)
            SplitBrain(seed);

        HandOver();

        void SplitBrain(int seed)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(seed, builder);
            string? before = world.Image();
            Slow(world, world.Controller);
            Slow(world, world.StartController());

            world.Request("1").Until("a build", () => world.Builds() == 2).UntilBuilt().Pass(TimeSpan.FromMinutes(5));

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2, $"with seed {seed} too");
        }

        void HandOver()
        {
            using var world = new BuildWorld(builder: builder);
            var first = new Candidate(world, "first");
            world.Pass(TimeSpan.FromSeconds(5));
            var second = new Candidate(world, "second");
            world.OptIn().UntilPhase("Running");
            Holder(world).Should().Be("first");

            first.Stop();
            world.Pass(TimeSpan.FromSeconds(5));
            Holder(world).Should().Be("second", "a lease that is given back is taken without waiting for its end");
            world.UntilBuilt().ShouldBeOk();
            world.Builds().Should().Be(1, "the second one goes on with what the first one began");
            second.Stop();
        }
    });

    [Test]
    public void Scenario_57_A_stop_in_the_middle_of_a_step_takes_bounded_time_and_loses_nothing() => BothBuilders.Run(static builder =>
    {
        foreach (string verb in (string[])["get", "list", "patch", "create", "delete"])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            FakeReaction stuck = world.Controller.Clientset.On(request => request.Verb == verb && request.Resource.Plural != "events").Delay(TimeSpan.FromHours(1));
            world.Request("1").Until($"a {verb} that hangs", () => stuck.Count > 0);

            TimeSpan began = TimeSpan.FromTicks(world.World.Time.GetTimestamp());
            world.Controller.Stop();
            (TimeSpan.FromTicks(world.World.Time.GetTimestamp()) - began).Should().BeLessThan(TimeSpan.FromSeconds(25), "a pod has thirty seconds to end");

            world.StartController();
            world.Until("the image", () => IsServed(world, "1")).UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(2);
        }
    });

    [Test]
    public void Scenario_58_A_clock_that_is_set_keeps_nothing_waiting_and_starts_nothing_twice() => BothBuilders.Run(static builder =>
    {
        TimeSpan[] shifts = [TimeSpan.FromDays(-1), TimeSpan.FromMinutes(-30), TimeSpan.FromMinutes(30)];
        foreach (TimeSpan shift in shifts)
        {
            WhileItRuns(shift);
            WhileItWaitsForARetry(shift);
            WhileItDoesNotStart(shift);
        }

        (BuildWorld World, ShiftedClock Clock) Begin()
        {
            BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            world.Controller.Stop();
            return (world, world.StartControllerWithClock());
        }

        void WhileItRuns(TimeSpan shift)
        {
            (BuildWorld world, ShiftedClock clock) = Begin();
            using (world)
            {
                string? before = world.Image();
                world.Request("1").UntilCondition(PoolConditionTypes.Building);
                clock.Shift = shift;
                world.UntilBuilt().ShouldBeOk(before);
                world.Builds().Should().Be(2);
                world.ShouldRest();
            }
        }

        void WhileItWaitsForARetry(TimeSpan shift)
        {
            (BuildWorld world, ShiftedClock clock) = Begin();
            using (world)
            {
                string? before = world.Image();
                world.Request("1").UntilPhase("Running").DeleteBuild().UntilCondition(PoolConditionTypes.BuildInterrupted);
                clock.Shift = shift;
                world.Until("the retry", () => world.Builds() == 3, within: TimeSpan.FromMinutes(2)).UntilBuilt().ShouldBeOk(before);
                world.Builds().Should().Be(3);
            }
        }

        void WhileItDoesNotStart(TimeSpan shift)
        {
            (BuildWorld world, ShiftedClock clock) = Begin();
            using (world)
            {
                world.KeepPodsFromStarting(Unschedulable.Status).Request("1").UntilCondition(PoolConditionTypes.BuildPending).Pass(TimeSpan.FromMinutes(1));
                clock.Shift = shift;

                // A quarter of an hour by the old clock, and then at most the hour that an attempt has by the new.
                world.Until("the deadline", () => world.IsTrue(PoolConditionTypes.BuildFailed), within: TimeSpan.FromMinutes(76));
                world.Builds().Should().Be(2);
            }
        }
    });

    private static bool IsServed(BuildWorld world, string request) => world.State() is { Serving: null, Last: { } last } && last.Trigger == request;

    private static Task<FakeResponse> Never() => new TaskCompletionSource<FakeResponse>().Task;

    private static string? Holder(BuildWorld world) => world.Find(Lease.ResourceType, new ObjectKey(BuildWorld.Namespace, LeaseName))!.Spec.HolderIdentity;

    /// <summary>A connection that is mostly fast, and now and then slower than all that the other one has to do meanwhile.</summary>
    private static void Slow(BuildWorld world, ControllerProcess controller) => controller.SetFault(async (_, request, next) =>
    {
        if (request.Verb == "watch")
            return await next();

        await Task.Delay(TimeSpan.FromMilliseconds(100 / (1.003 - world.World.Runtime.NextDouble())), world.World.Time);
        return await next();
    });

    /// <summary>A replica of the worker: it works while it holds the lease.</summary>
    private sealed class Candidate
    {
        private readonly BuildWorld world;
        private readonly LeaderElector elector;

        public Candidate(BuildWorld world, string name)
        {
            this.world = world;
            FakeClientset clientset = world.Client(name);
            OperatorRuntime runtime = world.World.Runtime;
            elector = new LeaderElector(clientset, new LeaderElectionOptions { Namespace = BuildWorld.Namespace, Name = LeaseName, Identity = name }, runtime);
            _ = elector.RunAsync(async term =>
            {
                await using var controller = new ImageBuildController(clientset.WithFence(elector, runtime), BuildWorld.Options, runtime);
                await controller.RunAsync(term.Ended);
            });
        }

        /// <summary>What SIGTERM leads to.</summary>
        public void Stop() => world.World.Run(() => elector.DisposeAsync().AsTask());
    }
}
