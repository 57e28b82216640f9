using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Rebuild;

/// <summary>What changes around an attempt: who builds, the clock, the inputs, and what the API allows.</summary>
[TestFixture]
public sealed class RebuildMachineChangeTests
{
    private RebuildWorld world = null!;

    [SetUp]
    public void SetUp() => world = new RebuildWorld();

    [Test]
    public void Another_builder_takes_over_the_attempt_with_its_request_and_its_count()
    {
        world.Built().Request().Run();
        string first = world.State.Serving!.Id;
        world.Inputs = RebuildWorld.ValidInputs("other", builder: ImageBuilderType.OpenShiftImageBuilder);

        world.Run();

        world.State.Serving!.Should().Match<BuildAttempt>(attempt => attempt.Id != first && attempt.Trigger == "1" && attempt.Builder == ImageBuilderType.OpenShiftImageBuilder);
        world.State.Last!.Should().Match<FinishedAttempt>(static last => last.Outcome == AttemptOutcome.Interrupted && last.Reason == FailureReason.Superseded && last.Message!.Contains("openshift-image-builder builds now"));
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1", "it is the same request");
        world.Build!.Kind.Should().Be(OwnedKind.Build);
        world.Objects.Should().OnlyContain(item => item.AttemptId == world.State.Serving!.Id);
        world.Events.Where(static told => told.Reason == PoolEventReason.RebuildRequested).Should().ContainSingle("the request is told once");
    }

    [Test]
    public void A_result_that_is_there_is_recorded_before_another_builder_takes_over()
    {
        world.Run();
        world.BuildSucceeds(3);
        world.Inputs = RebuildWorld.ValidInputs("other", builder: ImageBuilderType.OpenShiftImageBuilder);

        world.Run();

        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
        world.Plans.OfType<Plan.StartBuild>().Should().ContainSingle();
    }

    [Test]
    public void Without_a_rendered_config_what_is_served_goes_on_and_a_newer_request_waits()
    {
        world.Built().Request().Run();
        world.Want(string.Empty).Request("2");

        world.Run().Should().BeOfType<Plan.Wait>().Which.For.Should().StartWith("build build-");
        world.State.Serving!.Trigger.Should().Be("1");
        world.Annotation(PoolKeys.RebuildImage).Should().Be("2");
    }

    [Test]
    public void The_objects_of_a_failed_build_go_once_the_pool_wants_another_config_that_is_built()
    {
        world.Built().Want(RebuildWorld.OtherConfig).Run();
        world.BuildFails();
        world.Run();
        world.Objects.Should().NotBeEmpty();

        world.Want(RebuildWorld.Config).Run().Should().BeOfType<Plan.Settle>();

        world.Objects.Should().BeEmpty();
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
    }

    [Test]
    public void A_request_that_comes_with_a_config_that_is_built_already_is_a_rebuild_of_it()
    {
        world.Built().Want(RebuildWorld.OtherConfig).Run();

        world.Want(RebuildWorld.Config).Request("9").Run();

        world.State.Serving!.Should().Match<BuildAttempt>(static attempt => attempt.Kind == AttemptKind.Rebuild && attempt.Config == RebuildWorld.Config && attempt.Trigger == "9");
        world.State.Last!.Message.Should().Be($"the pool wants {RebuildWorld.Config} now");
    }

    [Test]
    public void A_clock_that_was_set_back_gives_the_attempt_its_time_anew()
    {
        world.Run();
        world.Now -= TimeSpan.FromHours(3);

        world.Run();

        world.State.Serving!.Started.Should().Be(world.Now);
        world.State.Serving.Deadline.Should().Be(world.Now + world.Policy.AttemptDeadline);
    }

    [TestCase(60)]
    [TestCase(-60)]
    public void A_clock_that_is_off_by_a_minute_changes_nothing(int seconds)
    {
        world.Run();
        DateTimeOffset deadline = world.State.Serving!.Deadline;
        world.Now += TimeSpan.FromSeconds(seconds);
        int version = world.Version;

        world.Run();

        world.State.Serving.Deadline.Should().Be(deadline);
        world.Version.Should().Be(version, "nothing is written");
    }

    [Test]
    public void A_clock_that_was_set_back_does_not_put_a_retry_off()
    {
        world.Run();
        world.BuildFails("evicted", FailureReason.Evicted);
        world.Step();
        world.State.Serving.Should().BeNull();
        world.Now -= TimeSpan.FromHours(1);

        world.Run();

        world.State.Serving!.Kind.Should().Be(AttemptKind.Retry);
    }

    [Test]
    public void The_time_to_begin_to_run_counts_from_the_build_object()
    {
        world.DeletesSlowly = true;
        world.Built().Objects.Add(new OwnedObject(OwnedKind.Pod, "build-old", "uid-old", "old", IsTerminating: true));
        world.Request().Run();
        world.Now += TimeSpan.FromMinutes(30);
        world.FinishDeletions();

        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(world.Policy.PendingDeadline);
    }

    [Test]
    public void A_pending_build_has_no_more_time_than_its_attempt()
    {
        world.DeletesSlowly = true;
        world.Built().Objects.Add(new OwnedObject(OwnedKind.Pod, "build-old", "uid-old", "old", IsTerminating: true));
        world.Request().Run();
        world.Now += TimeSpan.FromMinutes(50);
        world.FinishDeletions();

        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(TimeSpan.FromMinutes(10));
        world.Now += TimeSpan.FromMinutes(10);
        world.Run();

        world.State.Last!.Reason.Should().Be(FailureReason.DeadlineExceeded);
        world.State.Last.Message.Should().Be("Not done within 1:00:00 (h:mm:ss).");
    }

    [Test]
    public void A_digest_is_not_waited_for_beyond_the_attempts_deadline()
    {
        world.Run();
        world.Now = world.State.Serving!.Deadline - TimeSpan.FromSeconds(20);
        world.BuildTurns(new BuildProgress.Succeeded(world.Now));

        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(TimeSpan.FromSeconds(20));
    }

    [Test]
    public void Inputs_that_change_start_a_build_only_where_that_is_wanted()
    {
        world.Built();
        world.Inputs = RebuildWorld.ValidInputs("changed", content: "other content");
        world.Run().Should().BeOfType<Plan.Settle>();

        world.Policy = world.Policy with { RebuildOnInputChange = true };
        world.Run();

        world.State.Serving!.Kind.Should().Be(AttemptKind.InputsChanged);
        world.Annotation(PoolKeys.BuildRetries).Should().BeNull("it is no retry");
    }

    [Test]
    public void Inputs_that_do_not_go_into_the_image_start_no_build()
    {
        world.Policy = world.Policy with { RebuildOnInputChange = true };
        world.Built();
        world.Inputs = RebuildWorld.ValidInputs("changed");

        world.Run().Should().BeOfType<Plan.Settle>();
    }

    [TestCase(PoolConditionTypes.NodeDegraded)]
    [TestCase(PoolConditionTypes.RenderDegraded)]
    public void A_build_for_changed_inputs_waits_for_a_degraded_pool(string condition)
    {
        world.Policy = world.Policy with { RebuildOnInputChange = true };
        world.Built().SetCondition(condition, "True");
        world.Inputs = RebuildWorld.ValidInputs("changed", content: "other content");

        Plan.Wait held = world.Run().Should().BeOfType<Plan.Wait>().Which;

        held.For.Should().Contain($"the pool is {condition}");
        held.Events.Should().ContainSingle().Which.Reason.Should().Be(PoolEventReason.BuildWaiting);
        world.SetCondition(condition, "False").Run();
        world.State.Serving!.Kind.Should().Be(AttemptKind.InputsChanged);
    }

    [Test]
    public void What_the_API_refuses_is_told_once_and_stays_until_the_build_is_there()
    {
        world.Run();
        world.Objects.Clear();
        world.Annotate(PoolKeys.BuildState, BuildStateJson.Write(world.State with { Serving = world.State.Serving! with { BuildUid = null } }));

        Plan.PatchConditions told = RebuildMachine.Block(world.Observe(withInputs: false), "pods is forbidden.").Should().BeOfType<Plan.PatchConditions>().Which;
        told.Events.Should().ContainSingle().Which.Reason.Should().Be(PoolEventReason.BuildBlocked);
        world.Carry(told);

        world.Condition(PoolConditionTypes.ImageBuildDegraded).Should().Match<PoolCondition>(static condition => condition.Status == "True" && condition.Reason == "BuildBlocked" && condition.Message.Contains("pods is forbidden."));
        RebuildMachine.Block(world.Observe(withInputs: false), "pods is forbidden.").Should().BeNull("the pool says so already");
        world.Step().Should().BeOfType<Plan.StartBuild>("the conditions stay as they are until then");
        world.Run();
        world.ConditionStatus(PoolConditionTypes.ImageBuildDegraded).Should().Be("False", "the way is free");
    }

    [Test]
    public void A_pool_that_is_none_of_ours_is_not_told_that_it_is_blocked()
    {
        RebuildMachine.Block(world.Label(PoolKeys.LayeringEnabled, null).Observe(withInputs: false), "no").Should().BeNull();
        world.Label(PoolKeys.LayeringEnabled, string.Empty).Pool = world.Pool! with { Metadata = world.Pool.Metadata with { DeletionTimestamp = world.Now } };
        RebuildMachine.Block(world.Observe(withInputs: false), "no").Should().BeNull();
        world.Pool = null;
        RebuildMachine.Block(world.Observe(withInputs: false), "no").Should().BeNull();
    }
}
