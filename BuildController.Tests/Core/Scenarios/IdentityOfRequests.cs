using System.Text;
using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>What makes two requests one, and one request two.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class IdentityOfRequests
{
    private const int AnnotationsLimit = 256 * 1024;

    private static readonly string[] Phases = ["Pending", "Running", "Succeeded"];

    [Test]
    public void Scenario_15_The_same_value_again_is_the_same_request() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in (string[])["Pending", "Running"])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();

            world.Request("1").UntilPhase(phase).Request("1").Pass(TimeSpan.FromSeconds(2)).Withdraw().Request("1");
            world.Pass(TimeSpan.FromSeconds(2)).Withdraw().Pass(TimeSpan.FromSeconds(2)).Request("1").UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
            world.Completions().Should().Be(1);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_16_Another_value_is_another_request_and_is_not_lost() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in Phases)
        {
            foreach (bool withNeighbours in (bool[])[false, true])
            {
                using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
                string? before = world.Image();
                if (withNeighbours)
                    world.AddNeighbours();

                world.Request("1").UntilPhase(phase).Request("2");

                ShouldServeTheSecond(world, before);
            }
        }

        using BuildWorld failing = BuildWorld.WithFirstImage(builder: builder);
        string? good = failing.Image();
        failing.Break().Request("1").UntilPhase("Running").Until("the failure", () => failing.HasFailedBuild()).Mend().Request("2");
        ShouldServeTheSecond(failing, good);
        failing.State().History.Should().Contain(static attempt => attempt.Trigger == "1" && attempt.Outcome == AttemptOutcome.Failed);
    });

    [Test]
    public void Scenario_17_A_request_withdrawn_while_it_is_served_does_not_stop_the_build() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in Phases)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();

            world.Request("1").UntilPhase(phase).Withdraw().UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2);
            world.Completions().Should().Be(0, "it is gone already");
            world.ShouldRest();
            world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        }

        using BuildWorld failing = BuildWorld.WithFirstImage(builder: builder);
        string? good = failing.Image();
        failing.Break().Request("1").UntilPhase("Running").Withdraw().UntilFailed().ShouldRest();
        failing.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, good);
    });

    [Test]
    public void Scenario_18_A_request_withdrawn_before_it_is_seen_does_nothing() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.Pass(TimeSpan.FromMinutes(1)).CountFromHere().Request("1").Withdraw().Pass(TimeSpan.FromMinutes(5));
        world.Writes().Should().BeEmpty();
        world.ShouldBeOk();
        world.Image().Should().Be(before);

        world.Break().Request("2").UntilFailed().Pass(TimeSpan.FromMinutes(1)).CountFromHere().Request("3").Withdraw().Pass(TimeSpan.FromMinutes(5));
        world.Writes().Should().BeEmpty("the failure is still there to be looked at");
        world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_19_A_request_withdrawn_between_cleanup_and_start_is_finished() => BothBuilders.Run(static builder =>
    {
        bool isStarted = false;
        int writes = 0;
        while (!isStarted)
        {
            writes++;
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Break().Request("1").UntilFailed().Pass(TimeSpan.FromMinutes(1)).Mend();
            int seen = 0;
            world.Controller.SetFault(async (_, request, next) =>
            {
                var response = await next();
                if (request.IsWrite && request.Resource.Plural != "events" && ++seen == writes)
                {
                    world.Withdraw();
                    isStarted = request.Verb == "create" && request.Resource.Plural is "pods" or "builds";
                }

                return response;
            });

            world.Request("2").UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(3);
            world.ShouldRest();
        }

        writes.Should().BeGreaterThan(5, "it was withdrawn after each step of the cleanup and of the start");
    });

    [Test]
    public void Scenario_20_Any_value_is_a_request() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string?[] values = [string.Empty, "true", "false", " ", "null", "{\"a\":[1]}", "ünïcode ☃ 🚀 \"quoted\"\n", new string('x', 200 * 1024)];
        for (int i = 0; i < values.Length; i++)
        {
            string? before = world.Image();
            world.Request(values[i]!).UntilPhase("Running").UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2 + i);
        }

        world.Completions().Should().Be(values.Length);
        world.ShouldRest();

        // A value that leaves no room for what the controller has to remember beside it: told, and not fatal.
        string? last = world.Image();
        int room = AnnotationsLimit - world.Pool()!.Metadata.Annotations.Sum(static item => Encoding.UTF8.GetByteCount(item.Key) + Encoding.UTF8.GetByteCount(item.Value));
        world.Request(new string('y', room - PoolKeys.RebuildImage.Length))
            .Until("what is in the way", () => world.Condition(PoolConditionTypes.ImageBuildDegraded)?.Reason == nameof(PoolEventReason.BuildBlocked));
        world.CountFromHere().Pass(TimeSpan.FromMinutes(10));
        world.Requests().Count.Should().BeLessThan(10 * 20);
        world.Image().Should().Be(last);
        world.Request("short").UntilBuilt();
        world.ShouldBeOk(last);
    });

    [Test]
    public void Scenario_21_Annotation_and_label_are_one_request_and_go_together() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        (string? Annotation, string? Label)[] requests = [("same", "same"), ("this", "that"), (string.Empty, string.Empty), (null, "label-only")];
        for (int i = 0; i < requests.Length; i++)
        {
            string? before = world.Image();
            (string? annotation, string? label) = requests[i];
            world.EditPool(new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { [PoolKeys.RebuildImage] = annotation },
                    ["labels"] = new JsonObject { [PoolKeys.RebuildImage] = label },
                },
            });

            world.UntilPhase("Running").Pool()!.Metadata.Labels.Should().ContainKey(PoolKeys.RebuildImage, "both stay until the request is complete");
            world.UntilBuilt();

            world.ShouldBeOk(before);
            world.Builds().Should().Be(2 + i);
        }

        world.ShouldRest();
    });

    [Test]
    public void Scenario_22_Opting_out_beats_a_request_in_the_same_edit() => BothBuilders.Run(static builder =>
    {
        foreach (bool hasFailed in (bool[])[false, true])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            if (hasFailed)
                world.Break().Request("1").UntilFailed().Mend();

            int builds = world.Builds();
            world.EditPool(new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { [PoolKeys.RebuildImage] = "2" },
                    ["labels"] = new JsonObject { [PoolKeys.LayeringEnabled] = null },
                },
            });

            world.UntilForgotten().ShouldRest().ShouldBeForgotten();
            world.Builds().Should().Be(builds);
            world.EventReasons()[^1].Should().Be(nameof(PoolEventReason.RebuildRefused));
        }
    });

    [Test]
    public void Scenario_23_A_request_and_a_new_config_in_one_edit_are_one_build() => BothBuilders.Run(static builder =>
    {
        foreach (bool hasFailed in (bool[])[false, true])
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            if (hasFailed)
                world.Break().Request("1").UntilFailed().Mend();

            int builds = world.Builds();
            world.CreateMachineConfig(BuildWorld.ConfigB);
            world.EditPool(new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PoolKeys.RebuildImage] = "2" } },
                ["spec"] = new JsonObject { ["configuration"] = new JsonObject { ["name"] = BuildWorld.ConfigB } },
            });

            world.UntilBuilt();
            world.ShouldBeOk(before);
            world.Builds().Should().Be(builds + 1);
            world.State().Last.Should().Match<FinishedAttempt>(static last => last.Config == BuildWorld.ConfigB && last.Trigger == "2");
            world.ShouldRest();
        }
    });

    private static void ShouldServeTheSecond(BuildWorld world, string? before)
    {
        world.Until("the second build", () => world.Builds() == 3);
        world.Annotation(PoolKeys.RebuildImage).Should().Be("2", "only its own build completes it");
        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.State().Last!.Trigger.Should().Be("2");
        world.Builds().Should().Be(3);
        world.Completions().Should().Be(1);
        world.ShouldRest();
    }
}
