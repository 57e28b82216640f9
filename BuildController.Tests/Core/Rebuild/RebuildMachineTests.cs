using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Rebuild;

[TestFixture]
public sealed class RebuildMachineTests
{
    private RebuildWorld world = null!;

    [SetUp]
    public void SetUp() => world = new RebuildWorld();

    [Test]
    public void A_pool_that_opts_in_is_built_once()
    {
        world.Run().Should().BeOfType<Plan.Wait>();
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildPending);
        world.Annotation(PoolKeys.BuildRetries).Should().BeNull("a first build is no retry");

        world.BuildTurns(new BuildProgress.Running());
        world.Run();
        world.TrueConditions.Should().Equal(PoolConditionTypes.Building);

        world.BuildSucceeds(7);
        world.Run().Should().BeOfType<Plan.Settle>();

        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
        world.Annotation(PoolKeys.NewestImage).Should().Be($"registry.example.com/os/image@{RebuildWorld.DigestOf(7)}");
        world.Objects.Should().BeEmpty();
        world.State.Serving.Should().BeNull();
        world.Run();
        world.Plans.OfType<Plan.StartBuild>().Should().ContainSingle();
    }

    [Test]
    public void An_attempt_is_accepted_before_anything_is_deleted_or_created()
    {
        world.Built().Request();
        world.Objects.Add(new OwnedObject(OwnedKind.ConfigMap, "mc-old", "uid-old", "old", IsTerminating: false));

        world.Run();

        int accepted = world.Plans.FindIndex(static plan => plan is Plan.PatchPool);
        int deleted = world.Plans.FindIndex(static plan => plan is Plan.DeleteObjects);
        int created = world.Plans.FindIndex(static plan => plan is Plan.StartBuild);
        accepted.Should().BeLessThan(deleted);
        deleted.Should().BeLessThan(created);
    }

    [Test]
    public void A_result_is_recorded_before_anything_is_cleaned_up()
    {
        world.Run();
        world.BuildSucceeds(1);
        world.Plans.Clear();

        world.Run();

        world.Plans.Select(static plan => plan.GetType().Name).Should().Equal(
            nameof(Plan.PatchPool), nameof(Plan.PatchConditions), nameof(Plan.DeleteObjects), nameof(Plan.Settle));
        world.Plans[0].Should().BeOfType<Plan.PatchPool>().Which.Change.Annotations().Keys.Should().Contain([PoolKeys.NewestImage, PoolKeys.BuildState]);
    }

    [Test]
    public void A_rebuild_after_success_builds_anew_and_removes_the_request_when_it_is_done()
    {
        world.Built(1).Request("now");

        world.Run();
        world.Annotation(PoolKeys.RebuildImage).Should().Be("now", "the request stays until the build completes");
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(1), "the last good image stays");

        world.BuildSucceeds(2);
        world.Run().Should().BeOfType<Plan.Settle>();

        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().BeNull();
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(2));
        world.Objects.Should().BeEmpty();
        world.Events.Select(static item => item.Reason).Should().Equal(
            PoolEventReason.RebuildRequested, PoolEventReason.BuildStarted, PoolEventReason.BuildSucceeded);
    }

    [Test]
    public void A_failed_rebuild_degrades_the_pool_keeps_the_image_and_completes_the_request()
    {
        world.Built(1).RebuildFails("1", "exit status 1");

        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildFailed, PoolConditionTypes.Degraded, PoolConditionTypes.ImageBuildDegraded);
        world.Condition(PoolConditionTypes.BuildFailed).Message.Should().Contain("exit status 1");
        world.Condition(PoolConditionTypes.ImageBuildDegraded).Reason.Should().Be("BuildFailed");
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(1));
        world.Objects.Should().HaveCount(3, "the failed build and its ConfigMaps stay for people to look at");
    }

    [Test]
    public void A_rebuild_after_failure_clears_the_failed_attempt_first()
    {
        world.Built(1).RebuildFails("1");
        string failed = world.Build!.Uid;
        world.Request("2");

        world.Run();

        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildPending);
        world.Build!.Uid.Should().NotBe(failed);
        world.BuildSucceeds(2);
        world.Run();
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
        world.Objects.Should().BeEmpty();
        world.Annotation(PoolKeys.BuildRetries).Should().BeNull();
    }

    [Test]
    public void The_fifth_failure_degrades_at_the_limit_and_a_sixth_request_is_refused_untouched()
    {
        world.Built(1);
        for (int i = 1; i <= 5; i++)
            world.RebuildFails($"{i}");

        world.Condition(PoolConditionTypes.ImageBuildDegraded).Reason.Should().Be("RetryLimitReached");
        world.Condition(PoolConditionTypes.ImageBuildDegraded).Message.Should().Contain("kubectl annotate mcp worker machineconfiguration.openshift.io/buildRetries-");
        OwnedObject[] kept = [.. world.Objects];
        world.Plans.Clear();

        world.Request("6").Run().Should().BeOfType<Plan.Settle>();

        world.Plans.Should().NotContain(static plan => plan is Plan.DeleteObjects || plan is Plan.StartBuild);
        world.Objects.Should().Equal(kept);
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("5");
        world.Events[^1].Reason.Should().Be(PoolEventReason.RebuildRefused);
    }

    [Test]
    public void Deleting_the_counter_allows_rebuilds_again()
    {
        world.Built(1);
        for (int i = 1; i <= 5; i++)
            world.RebuildFails($"{i}");

        world.Annotate(PoolKeys.BuildRetries, null).Request("again").Run();

        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.BuildSucceeds(9);
        world.Run();
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
    }

    [Test]
    public void A_new_rendered_config_resets_the_counter_and_is_built_by_itself()
    {
        world.Built(1);
        for (int i = 1; i <= 5; i++)
            world.RebuildFails($"{i}");

        world.Want(RebuildWorld.OtherConfig).Run();

        world.Annotation(PoolKeys.BuildRetries).Should().BeNull();
        world.Build!.Name.Should().Be($"build-{RebuildWorld.OtherConfig}");
    }

    [Test]
    public void A_failed_build_is_not_repeated_by_itself()
    {
        world.Run();
        world.BuildFails();
        world.Run();
        world.Plans.Clear();
        world.Now += TimeSpan.FromDays(1);

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Plans.Should().ContainSingle();
    }

    [Test]
    public void A_value_changed_while_a_build_runs_is_a_second_request()
    {
        world.Built(1).Request("a").Run();
        string first = world.Build!.AttemptId;
        world.BuildTurns(new BuildProgress.Running());

        world.Request("b").Run();

        world.Build!.AttemptId.Should().NotBe(first);
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1", "the attempt that was replaced did not fail");
        world.BuildSucceeds(2);
        world.Run();
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
    }

    [Test]
    public void A_result_that_is_there_is_recorded_before_a_newer_request_is_served()
    {
        world.Built(1).Request("a").Run();
        world.BuildSucceeds(2).Request("b");

        world.Run();

        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(2));
        world.State.Serving!.Trigger.Should().Be("b");
        world.BuildSucceeds(3);
        world.Run();
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(3));
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
    }

    [Test]
    public void A_request_withdrawn_while_it_is_served_does_not_disturb_the_build()
    {
        world.Built(1).Request().Run();
        OwnedObject build = world.Build!;
        world.Annotate(PoolKeys.RebuildImage, null);

        world.Run();

        world.Build.Should().Be(build);
        world.BuildSucceeds(2);
        world.Run();
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(2));
    }

    [Test]
    public void Label_and_annotation_are_one_request_and_go_together()
    {
        world.Built(1).Request("x").Label(PoolKeys.RebuildImage, "x");

        world.Run();
        world.BuildSucceeds(2);
        world.Run();

        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Pool!.Metadata.Labels.Should().NotContainKey(PoolKeys.RebuildImage);
        world.Plans.OfType<Plan.StartBuild>().Should().ContainSingle();
    }

    [TestCase("")]
    [TestCase("false")]
    [TestCase("ünïcödé ✓")]
    public void Presence_counts_whatever_the_value(string value)
    {
        world.Built(1).Request(value).Run();

        world.State.Serving!.Trigger.Should().Be(value);
        world.BuildSucceeds(2);
        world.Run();
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
    }

    [Test]
    public void A_long_value_is_remembered_by_its_hash()
    {
        world.Built(1).Request(new string('x', 200_000)).Run();

        world.State.Serving!.Trigger.Should().StartWith("sha256:");
        world.BuildSucceeds(2);
        world.Run();
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
    }

    [Test]
    public void A_config_rendered_while_a_build_runs_replaces_it_and_its_result_is_not_recorded()
    {
        world.Built(1).Request("a").Run();
        world.BuildSucceeds(2).Want(RebuildWorld.OtherConfig);

        world.Run();

        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(1));
        world.Build!.Name.Should().Be($"build-{RebuildWorld.OtherConfig}");
        world.Objects.Should().OnlyContain(item => item.AttemptId == world.State.Serving!.Id);
        world.Annotation(PoolKeys.RebuildImage).Should().Be("a");
        world.BuildSucceeds(3);
        world.Run();
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull("the build of the new config serves the request");
    }

    [Test]
    public void A_config_taken_back_while_the_other_is_built_needs_no_build_of_its_own()
    {
        world.Built(1).Want(RebuildWorld.OtherConfig).Run();
        world.Want(RebuildWorld.Config).Plans.Clear();

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Plans.Should().NotContain(static plan => plan is Plan.StartBuild);
        world.Objects.Should().BeEmpty();
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
    }

    [Test]
    public void A_config_that_had_to_make_way_is_built_when_it_comes_back()
    {
        world.Built(1).Want(RebuildWorld.OtherConfig).Run();
        world.Want(RebuildWorld.Config).Run();

        world.Want(RebuildWorld.OtherConfig).Run();

        world.State.Serving!.Config.Should().Be(RebuildWorld.OtherConfig);
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildPending);
    }

    [Test]
    public void A_new_build_waits_until_the_old_object_is_really_gone()
    {
        world.Built(1).RebuildFails("1");
        world.DeletesSlowly = true;
        world.Request("2");

        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(world.Policy.DeletionRecheck);
        world.Build.Should().BeNull();

        world.FinishDeletions();
        world.Run();
        world.Build.Should().NotBeNull();
    }

    [Test]
    public void Opting_out_clears_everything_of_every_attempt()
    {
        world.Built(1).Request().Run();
        world.Objects.Add(new OwnedObject(OwnedKind.ConfigMap, "mc-old", "uid-old", "old", IsTerminating: false));

        world.Label(PoolKeys.LayeringEnabled, null).Run().Should().BeOfType<Plan.Settle>();

        world.Objects.Should().BeEmpty();
        world.Pool!.Metadata.Annotations.Should().BeEmpty();
        world.Pool.Status.Conditions.Should().BeEmpty();
    }

    [Test]
    public void A_pool_that_is_not_layered_is_not_built_and_says_why()
    {
        world.Label(PoolKeys.LayeringEnabled, null).Request();

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Events.Should().ContainSingle().Which.Reason.Should().Be(PoolEventReason.RebuildRefused);
    }

    [Test]
    public void A_pool_that_is_gone_leaves_nothing()
    {
        world.Run();
        world.Pool = null;

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Objects.Should().BeEmpty();
    }

    [Test]
    public void A_pool_of_the_same_name_does_not_take_over_what_another_one_left()
    {
        world.Run();
        OwnedObject old = world.Build!;
        world.Pool = new RebuildWorld().Pool! with { };
        world.Pool = world.Pool with { Metadata = world.Pool.Metadata with { Uid = "another" } };

        world.Run();

        world.Build!.Uid.Should().NotBe(old.Uid);
        world.Objects.Should().OnlyContain(item => item.AttemptId == world.State.Serving!.Id);
    }

    [Test]
    public void Inputs_that_cannot_be_built_from_complete_the_request_and_touch_nothing_that_was_good()
    {
        world.Built(1).Request();
        world.Inputs = RebuildWorld.InvalidInputs("ConfigMap x is missing.", "broken");

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Condition(PoolConditionTypes.BuildFailed).Reason.Should().Be("InvalidBuildInputs");
        world.Condition(PoolConditionTypes.BuildFailed).Message.Should().Contain("ConfigMap x is missing.");
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(1));
        world.Plans.Should().NotContain(static plan => plan is Plan.DeleteObjects);
    }

    [Test]
    public void Mended_inputs_start_a_build_by_themselves()
    {
        world.Inputs = RebuildWorld.InvalidInputs("ConfigMap x is missing.", "broken");
        world.Run();
        world.Run();
        world.Events.Should().ContainSingle("the same fault is told once").Which.Reason.Should().Be(PoolEventReason.InvalidBuildInputs);

        world.Inputs = RebuildWorld.ValidInputs();
        world.Run();

        world.Build.Should().NotBeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().BeNull();
    }

    [Test]
    public void The_repository_pushed_to_is_the_one_recorded_even_if_another_is_configured_meanwhile()
    {
        world.Run();
        world.Inputs = RebuildWorld.ValidInputs(repository: "elsewhere.example.com/os");
        world.BuildSucceeds(1);

        world.Run();

        world.Annotation(PoolKeys.NewestImage).Should().StartWith("registry.example.com/os/image@");
    }

    [Test]
    public void A_victim_of_the_cluster_is_retried_with_back_off_and_its_request_stays()
    {
        world.Built(1).Request("1").Run();
        world.BuildFails("low on memory", FailureReason.Evicted);

        Plan plan = world.Run();
        plan.Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(TimeSpan.FromSeconds(20), "one retry was used");
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildInterrupted);
        world.Annotation(PoolKeys.RebuildImage).Should().Be("1");

        world.Now += TimeSpan.FromSeconds(20);
        world.Run();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("2");
        world.BuildSucceeds(2);
        world.Run();
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
    }

    [Test]
    public void A_retry_that_is_held_by_a_degraded_render_waits_for_events_only()
    {
        world.Built(1).Request("1").Run();
        world.BuildFails("low on memory", FailureReason.Evicted).SetCondition(PoolConditionTypes.RenderDegraded, "True").Run();
        world.Now += TimeSpan.FromHours(1);

        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().BeNull();

        world.SetCondition(PoolConditionTypes.RenderDegraded, "False").Run();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("2");
    }

    [Test]
    public void Victims_of_the_cluster_stop_at_the_limit()
    {
        world.Built(1).Request("1").Run();
        for (int i = 0; i < 5; i++)
        {
            world.BuildFails("evicted", FailureReason.Evicted);
            world.Run();
            world.Now += TimeSpan.FromHours(1);
            world.Run();
        }

        world.Condition(PoolConditionTypes.ImageBuildDegraded).Reason.Should().Be("RetryLimitReached");
        world.Annotation(PoolKeys.RebuildImage).Should().BeNull();
        world.Plans.OfType<Plan.StartBuild>().Should().HaveCount(5);
    }

    [Test]
    public void A_build_deleted_by_hand_is_noticed_and_retried()
    {
        world.Built(1).Request("1").Run();
        world.Run();
        world.Objects.RemoveAll(static item => item.Kind == OwnedKind.Pod);

        world.Run();
        world.Condition(PoolConditionTypes.BuildInterrupted).Message.Should().Contain("BuildDeleted");
        world.Now += TimeSpan.FromMinutes(1);
        world.Run();

        world.Build.Should().NotBeNull();
        world.Annotation(PoolKeys.BuildRetries).Should().Be("2");
    }

    [Test]
    public void A_pod_that_is_ended_while_it_is_deleted_is_no_failed_build()
    {
        world.Built(1).Request("1").Run();
        world.Objects[^1] = world.Objects[^1] with { IsTerminating = true, Progress = new BuildProgress.Failed(FailureReason.BuildFailed, "killed", StillOccupied: false) };

        world.Run();

        world.State.Last!.Reason.Should().Be(FailureReason.BuildDeleted);
    }

    [Test]
    public void An_attempt_fails_at_its_deadline_and_what_still_runs_is_stopped()
    {
        world.Run();
        world.BuildTurns(new BuildProgress.Running());
        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(TimeSpan.FromHours(1));

        world.Now += TimeSpan.FromHours(1);
        world.Run();

        world.Condition(PoolConditionTypes.BuildFailed).Reason.Should().Be("DeadlineExceeded");
        world.Plans.Should().ContainSingle(static plan => plan is Plan.StopBuild);
    }

    [Test]
    public void A_build_that_never_starts_to_run_fails_earlier_and_says_what_it_waited_for()
    {
        world.Run();
        world.BuildTurns(new BuildProgress.Pending("ImagePullBackOff: no such image"));
        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(TimeSpan.FromMinutes(15));
        world.Condition(PoolConditionTypes.BuildPending).Message.Should().Contain("ImagePullBackOff");

        world.Now += TimeSpan.FromMinutes(15);
        world.Run();

        world.Condition(PoolConditionTypes.BuildFailed).Reason.Should().Be("PendingDeadlineExceeded");
        world.Condition(PoolConditionTypes.BuildFailed).Message.Should().Contain("ImagePullBackOff");
        world.Build.Should().BeNull("a pod that never ran has nothing to look at");
    }

    [Test]
    public void A_failed_container_behind_a_running_pod_is_stopped_once_and_kept()
    {
        world.Run();
        world.BuildFails("exit code 1", stillOccupied: true);

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Plans.Should().ContainSingle(static plan => plan is Plan.StopBuild);
        world.Build.Should().NotBeNull();
    }

    [Test]
    public void A_digest_that_comes_a_little_late_is_waited_for()
    {
        world.Run();
        world.BuildTurns(new BuildProgress.Succeeded(world.Now));
        world.Run().Should().BeOfType<Plan.Wait>().Which.Recheck.Should().Be(TimeSpan.FromMinutes(1));

        world.BuildSucceeds(5);
        world.Run();

        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(5));
    }

    [Test]
    public void A_digest_without_labels_that_the_build_left_is_claimed_before_it_is_believed()
    {
        world.Run();
        world.BuildTurns(new BuildProgress.Succeeded(world.Now));
        var unlabelled = new OwnedObject(OwnedKind.ConfigMap, "digest", "uid-digest", string.Empty, IsTerminating: false);
        world.Digest = DigestObservation.Missing with { Unclaimed = unlabelled };

        world.Step().Should().BeOfType<Plan.ClaimDigest>().Which.Digest.Should().Be(unlabelled);

        world.Annotation(PoolKeys.NewestImage).Should().BeNull();
    }

    [Test]
    public void A_build_without_a_digest_to_trust_is_a_failure_and_the_image_stays()
    {
        world.Built(1).Request().Run();
        world.BuildTurns(new BuildProgress.Succeeded(world.Now));
        world.Digest = new DigestObservation(null, "ConfigMap digest has no digest but 'nonsense'.");
        world.Now += TimeSpan.FromMinutes(1);

        world.Run();

        world.Condition(PoolConditionTypes.BuildFailed).Reason.Should().Be("DigestUnavailable");
        world.Condition(PoolConditionTypes.BuildFailed).Message.Should().Contain("nonsense");
        world.Annotation(PoolKeys.NewestImage).Should().EndWith(RebuildWorld.DigestOf(1));
    }

    [Test]
    public void A_name_that_somebody_else_has_fails_the_attempt_by_naming_it()
    {
        world.TakenNames.Add("ConfigMap ns/mc-x");

        world.Run();

        world.Condition(PoolConditionTypes.BuildFailed).Message.Should().Contain("ConfigMap ns/mc-x");
        world.Plans.Should().NotContain(static plan => plan is Plan.DeleteObjects);
    }

    [Test]
    public void A_degraded_node_stops_ordinary_builds_but_not_one_that_was_asked_for()
    {
        world.SetCondition(PoolConditionTypes.NodeDegraded, "True");
        world.Run().Should().BeOfType<Plan.Wait>().Which.Events.Should().ContainSingle();
        world.Build.Should().BeNull();

        world.Request().Run();
        world.Build.Should().NotBeNull();
    }

    [Test]
    public void A_degraded_render_holds_a_request_until_it_clears()
    {
        world.Built(1).SetCondition(PoolConditionTypes.RenderDegraded, "True").Request();
        world.Run().Should().BeOfType<Plan.Wait>();
        world.Annotation(PoolKeys.RebuildImage).Should().NotBeNull();
        world.Build.Should().BeNull();

        world.SetCondition(PoolConditionTypes.RenderDegraded, "False").Run();
        world.Build.Should().NotBeNull();
    }

    [Test]
    public void A_degraded_condition_that_somebody_else_set_is_left_alone()
    {
        world.SetCondition(PoolConditionTypes.Degraded, "True", "NodesUnreachable").Built(1);

        world.Condition(PoolConditionTypes.Degraded).Reason.Should().Be("NodesUnreachable");
        world.ConditionStatus(PoolConditionTypes.Degraded).Should().Be("True");
    }

    [Test]
    public void A_degraded_condition_that_another_controller_overwrote_is_asserted_again_after_a_while()
    {
        world.Built(1).RebuildFails("1").SetCondition(PoolConditionTypes.Degraded, "False");

        Plan plan = world.Run();
        world.ConditionStatus(PoolConditionTypes.Degraded).Should().Be("False", "two that answer each other at once write without end");
        world.ConditionStatus(PoolConditionTypes.ImageBuildDegraded).Should().Be("True");

        world.Now += plan.Should().BeOfType<Plan.Wait>().Which.Recheck!.Value;
        world.Run().Should().BeOfType<Plan.Settle>();
        world.ConditionStatus(PoolConditionTypes.Degraded).Should().Be("True");
    }

    [Test]
    public void A_new_failure_asserts_degraded_at_once()
    {
        world.Built(1).RebuildFails("1").SetCondition(PoolConditionTypes.Degraded, "False");

        world.RebuildFails("2", "another step failed");

        world.ConditionStatus(PoolConditionTypes.Degraded).Should().Be("True");
    }

    [TestCase("abc")]
    [TestCase("-1")]
    [TestCase("")]
    [TestCase("1e9")]
    [TestCase("99999999999999999999")]
    public void A_malformed_counter_is_removed_and_told_and_the_request_is_served(string value)
    {
        world.Built(1).Annotate(PoolKeys.BuildRetries, value).Request();

        world.Run();

        world.Events[0].Reason.Should().Be(PoolEventReason.MalformedAnnotation);
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.Build.Should().NotBeNull();
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("""{"version":99}""")]
    [TestCase("""{"version":1,"serving":{"id":"x"}}""")]
    public void A_malformed_memory_is_removed_and_told_and_nothing_is_rebuilt_for_it(string value)
    {
        world.Built(1).Annotate(PoolKeys.BuildState, value);

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Events.Should().ContainSingle().Which.Reason.Should().Be(PoolEventReason.MalformedAnnotation);
        world.State.Built.Should().Be(RebuildWorld.Config, "the image that is there is taken for what the pool wants");
        world.Annotation(PoolKeys.NewestImage).Should().NotBeNull();
    }

    [Test]
    public void An_image_from_before_the_memory_existed_is_not_built_again()
    {
        world.Annotate(PoolKeys.NewestImage, "registry.example.com/os@sha256:abc");

        world.Run().Should().BeOfType<Plan.Settle>();

        world.Plans.Should().NotContain(static plan => plan is Plan.StartBuild);
        world.TrueConditions.Should().Equal(PoolConditionTypes.BuildSuccess);
    }

    [Test]
    public void An_image_annotation_that_was_taken_away_is_built_again()
    {
        world.Built(1).Annotate(PoolKeys.NewestImage, null);

        world.Run();

        world.Build.Should().NotBeNull();
    }

    [Test]
    public void A_pool_without_a_rendered_config_waits_and_says_so()
    {
        world.Want(string.Empty);

        world.Run().Should().BeOfType<Plan.Wait>().Which.Events.Should().ContainSingle().Which.Reason.Should().Be(PoolEventReason.BuildWaiting);
    }

    [Test]
    public void No_attempt_id_is_used_twice()
    {
        world.Built(1);
        for (int i = 0; i < 20; i++)
        {
            world.Request($"{i}").Run();
            world.BuildSucceeds(i + 2);
            world.Run();
        }

        world.Plans.OfType<Plan.StartBuild>().Select(static plan => plan.Attempt.Id).Should().OnlyHaveUniqueItems().And.HaveCount(20);
    }

    [Test]
    public void The_memory_holds_the_last_five_attempts_and_stays_small()
    {
        world.Built(1);
        for (int i = 0; i < 20; i++)
            world.Annotate(PoolKeys.BuildRetries, null).RebuildFails($"{i}", new string('x', 5000));

        world.State.History.Should().HaveCount(5);
        world.Annotation(PoolKeys.BuildState)!.Length.Should().BeLessThan(16 * 1024);
    }
}
