using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>A request meets a pool in any state that it can be in.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class WhenTheRequestArrives
{
    [Test]
    public void Scenario_01_A_pool_at_rest_with_nothing_left_to_delete_is_built_anew() => BothBuilders.Run(static builder =>
    {
        foreach (bool withNeighbours in (bool[])[false, true])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            if (withNeighbours)
                world.AddNeighbours();

            world.CountFromHere().Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request stays until it is complete");
            world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
            world.Image().Should().Be(before, "the last good image stays while another one is built");
            world.UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
            world.Completions().Should().Be(1);
            world.Writes().Count.Should().BeLessThan(60);
            world.Told().Should().BeEquivalentTo(
                nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded),
                nameof(PoolEventReason.RebuildRequested), nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded));
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_02_A_request_that_coincides_with_the_first_build_is_one_build_with_it() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = New(builder);

        world.OptIn().Request("1").UntilPhase("Running");
        world.Annotation(PoolKeys.RebuildImage).Should().Be("1");
        world.UntilBuilt();

        world.ShouldBeOk();
        world.Builds().Should().Be(1);
        world.Completions().Should().Be(1);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_03_A_build_that_is_pending_makes_room_for_the_one_asked_for() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = New(builder);
        world.OptIn().UntilPhase("Pending").UntilCondition(PoolConditionTypes.BuildPending).Pass(TimeSpan.FromSeconds(2));

        world.Request("1").UntilBuilt();

        ShouldHaveReplacedTheFirst(world);
    });

    [Test]
    public void Scenario_04_A_build_that_runs_is_really_gone_before_the_one_asked_for_begins() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = New(builder);
        world.OptIn().UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
        string running = world.BuildsOf().Single().Uid;

        world.Request("1").Until("the old build to be on its way out", () => world.BuildsOf().Any(static build => build.IsTerminating));
        world.BuildsOf().Should().ContainSingle().Which.Uid.Should().Be(running);
        world.Pass(TimeSpan.FromSeconds(1)).Builds().Should().Be(1, "what is on its way out still occupies the name");
        world.TrueBuildConditions().Should().Equal(PoolConditionTypes.BuildPending);
        world.UntilBuilt();

        ShouldHaveReplacedTheFirst(world);
    });

    [Test]
    public void Scenario_05_A_result_that_is_there_is_recorded_before_the_pool_is_built_anew() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = New(builder);
        world.OptIn().UntilPhase("Succeeded");
        world.Image().Should().BeNull("the result is not recorded yet");

        world.Request("1").Until("the first image", () => world.Image() is not null);
        string? first = world.Image();
        world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the image was not built for this request");
        world.UntilBuilt();

        world.ShouldBeOk(first);
        world.Builds().Should().Be(2);
        world.Invariants.ImagesOf(BuildWorld.Worker).Should().Equal(null, first, world.Image());
        world.Told().Should().BeEquivalentTo(
            nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded),
            nameof(PoolEventReason.RebuildRequested), nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded));
        world.ShouldRest();
    });

    [Test]
    public void Scenario_06_A_failure_is_cleared_with_what_it_left_and_the_pool_is_built_anew() => BothBuilders.Run(static builder =>
    {
        foreach (bool withNeighbours in (bool[])[false, true])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break().Request("1").UntilFailed().Pass(TimeSpan.FromMinutes(1));
            world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
            string failed = world.BuildsOf().Single().Uid;
            if (withNeighbours)
                world.AddNeighbours();

            world.Mend().Request("2").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            world.TrueBuildConditions().Should().Equal(PoolConditionTypes.Building);
            world.IsTrue(PoolConditionTypes.ImageBuildDegraded).Should().BeFalse("what failed is being mended");
            world.BuildsOf().Should().ContainSingle().Which.Uid.Should().NotBe(failed);
            world.UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(3);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_07_A_second_failure_counts_and_removes_the_request() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Break().Request("1").UntilFailed();
        string first = world.BuildsOf().Single().Uid;

        world.Request("2").UntilFailed();

        world.ShouldRest().ShouldHaveFailed(FailureReason.BuildFailed, retries: 2, before);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain("RUN false");
        world.BuildsOf().Single().Uid.Should().NotBe(first, "the newest failure is the one to look at");
        world.Builds().Should().Be(3, "an admin's error is not retried");
    });

    [Test]
    public void Scenario_08_An_interrupted_build_does_not_keep_the_one_asked_for_waiting() => BothBuilders.Run(static builder =>
    {
        Interrupted(builder);
        InterruptedByAnotherBuilder(builder);
        InterruptedBeforeThisController(builder);
    });

    [Test]
    public void Scenario_09_A_degraded_pool_keeps_the_request_and_says_so_or_is_built_all_the_same() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.SetCondition(PoolConditionTypes.RenderDegraded, isTrue: true).Request("1").ShouldWaitPatiently(requestsPerMinute: 10);
        world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "a config that cannot be relied on is not built, and the request is kept");
        world.Builds().Should().Be(1);
        world.Told().Count(static reason => reason == nameof(PoolEventReason.BuildWaiting)).Should().Be(1);
        world.Events().Should().Contain(static item => item.Message.Contains("RenderDegraded"));

        world.SetCondition(PoolConditionTypes.RenderDegraded, isTrue: false).UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);

        world.SetCondition(PoolConditionTypes.NodeDegraded, isTrue: true).Render(BuildWorld.ConfigB).ShouldWaitPatiently(requestsPerMinute: 10);
        world.Builds().Should().Be(2, "what nobody asked for waits for the nodes");
        world.EventReasons()[^1].Should().Be(nameof(PoolEventReason.BuildWaiting));

        before = world.Image();
        world.Request("2").UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);

        before = world.Image();
        world.Break().Request("3").UntilFailed();
        world.IsTrue(PoolConditionTypes.Degraded).Should().BeTrue();
        world.SetCondition(PoolConditionTypes.NodeDegraded, isTrue: false).Mend().Request("4").UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(5, "what a failed build has degraded is mended by a build");
    });

    [Test]
    public void Scenario_10_A_paused_pool_is_built_and_nothing_is_rolled_out() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.EditPool(new JsonObject { ["spec"] = new JsonObject { ["paused"] = true } }).CountFromHere().Request("1").UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.Root()["spec"]!["paused"]!.GetValue<bool>().Should().BeTrue();
        world.Writes().Select(static request => request.Resource.Plural).Should().BeSubsetOf(["machineconfigpools", "configmaps", "pods", "builds", "events"]);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_11_A_rollout_rests_while_its_image_is_built_anew_and_goes_on_with_the_new_one() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        using var rollout = new Rollout(world);
        string? before = world.Image();
        world.AddNeighbours().Until("a first node", () => rollout.Nodes.Contains(before));

        world.Request("1").UntilCondition(PoolConditionTypes.Building);
        IReadOnlyList<string?> nodes = rollout.Nodes;
        nodes.Should().Contain((string?)null, "the rollout is not over");
        world.Until("the build's end", () => world.BuildsOf().Any(static build => build.Phase == "Succeeded"));
        rollout.Nodes.Should().Equal(nodes);
        world.Image().Should().Be(before, "nodes that have it may need it");

        world.UntilBuilt().Until("the rollout's end", () => rollout.Nodes.All(node => node == world.Image()));
        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.Root()["status"]!["machineCount"]!.GetValue<int>().Should().Be(3, "what the node controller writes is its own");
    });

    [Test]
    public void Scenario_12_A_request_for_a_pool_that_is_not_layered_is_removed_and_told_once() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);

        world.Pass(TimeSpan.FromMinutes(1)).CountFromHere().Request("never", BuildWorld.Master)
            .Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage, BuildWorld.Master) is null).Pass(TimeSpan.FromMinutes(10));

        world.Writes().Where(static request => request.Resource.Plural != "events").Select(static request => request.ToString())
            .Should().Equal("patch machineconfigpools master");
        world.Told(BuildWorld.Master).Should().Equal(nameof(PoolEventReason.RebuildRefused));
        world.Builds(BuildWorld.Master).Should().Be(0);

        world.OptIn(BuildWorld.Master).UntilBuilt(BuildWorld.Master);
        world.ShouldBeOk(pool: BuildWorld.Master);
        world.Builds(BuildWorld.Master).Should().Be(1);
        world.ShouldBeOk();
        world.ShouldRest();
    });

    [Test]
    public void Scenario_13_A_request_that_is_there_when_the_pool_opts_in_is_served_by_the_first_build() => BothBuilders.Run(static builder =>
    {
        foreach (string member in (string[])["annotations", "labels"])
        {
            using var world = new BuildWorld(builder: builder);
            world.PatchPool(BuildWorld.Worker, member, PoolKeys.RebuildImage, "early").Pass(TimeSpan.FromMinutes(1)).OptIn();
            world.StartController();

            world.UntilPhase("Running");
            world.Root()["metadata"]![member]![PoolKeys.RebuildImage]!.GetValue<string>().Should().Be("early");
            world.UntilBuilt();

            world.ShouldBeOk();
            world.Builds().Should().Be(1);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_14_A_pool_without_a_rendered_config_waits_for_one_and_says_so() => BothBuilders.Run(static builder =>
    {
        foreach (JsonNode? configuration in (JsonNode?[])[null, new JsonObject { ["name"] = string.Empty }, new JsonObject { ["name"] = "worker-config" }])
        {
            using BuildWorld world = New(builder);
            string name = configuration?["name"]?.GetValue<string>() ?? string.Empty;
            world.EditPool(new JsonObject { ["spec"] = new JsonObject { ["configuration"] = configuration } });

            world.OptIn().Request("1").Pass(TimeSpan.FromMinutes(10)).ShouldRest();
            world.Builds().Should().Be(0);
            world.Annotation(PoolKeys.RebuildImage).Should().Be("1");
            world.Events().Should().ContainSingle().Which.Message.Should().StartWith($"'{name}' is no rendered config");

            world.Render(BuildWorld.ConfigA).UntilBuilt();
            world.ShouldBeOk();
            world.Builds().Should().Be(1);
            world.ShouldRest();
        }
    });

    private static BuildWorld New(ImageBuilderType builder)
    {
        var world = new BuildWorld(builder: builder);
        world.StartController();
        return world;
    }

    private static void ShouldHaveReplacedTheFirst(BuildWorld world)
    {
        world.ShouldBeOk();
        world.Builds().Should().Be(2);
        world.Invariants.MostBuildsAtOnce.Should().Be(1);
        world.Told().Should().BeEquivalentTo(
            nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildInterrupted),
            nameof(PoolEventReason.RebuildRequested), nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded));
        world.ShouldRest();
    }

    private static void Interrupted(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Request("1").UntilCondition(PoolConditionTypes.Building).DeleteBuild().UntilCondition(PoolConditionTypes.BuildInterrupted);
        world.Until("the build to be gone", () => world.BuildsOf().Count == 0);
        world.Maps().Should().NotBeEmpty("they are what is left over");

        world.Request("2").Until("another build", () => world.Builds() == 3, within: TimeSpan.FromSeconds(5));
        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.State().Last!.Trigger.Should().Be("2");
        world.Builds().Should().Be(3);
        world.ShouldRest();
    }

    private static void InterruptedByAnotherBuilder(ImageBuilderType builder)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        world.Request("1").UntilCondition(PoolConditionTypes.Building);

        world.WhileDown(static world => world.DeleteBuild().SetBuilder(world.OtherBuilder).Until("the build to be gone", () => world.BuildsOf().Count == 0).Request("2"));

        world.UntilBuilt();
        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
        world.ShouldRest();
    }

    /// <summary>The controller that was here before left its condition, and ConfigMaps that name no attempt.</summary>
    private static void InterruptedBeforeThisController(ImageBuilderType builder)
    {
        using var world = new BuildWorld(builder: builder);
        world.OptIn().SetCondition(PoolConditionTypes.BuildInterrupted, isTrue: true).SetCondition(PoolConditionTypes.Degraded, isTrue: true);
        world.CreateLeftover($"mc-{BuildWorld.ConfigA}").CreateLeftover($"dockerfile-{BuildWorld.ConfigA}").Request("1").AddNeighbours();
        world.StartController();

        world.UntilBuilt();
        world.ShouldBeOk();
        world.Builds().Should().Be(1);
        world.ShouldRest();
    }
}
