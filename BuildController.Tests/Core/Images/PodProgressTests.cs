using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Images;

[TestFixture]
public sealed class PodProgressTests
{
    [Test]
    public void A_pod_without_a_status_is_pending() => Of(new PodStatus()).Should().Be(new BuildProgress.Pending(null));

    [Test]
    public void A_pod_that_cannot_be_scheduled_says_why() =>
        Of(new PodStatus { Phase = "Pending", Conditions = [new PodCondition { Type = "PodScheduled", Status = "False", Message = "no nodes" }] })
            .Should().Be(new BuildProgress.Pending("no nodes"));

    [Test]
    public void An_image_that_cannot_be_pulled_is_told_while_pending() =>
        Of(new PodStatus { Phase = "Pending", ContainerStatuses = [Waiting("ImagePullBackOff", "back-off pulling x")] })
            .Should().Be(new BuildProgress.Pending("ImagePullBackOff: back-off pulling x"));

    [Test]
    public void A_container_that_is_being_created_is_nothing_to_tell() =>
        Of(new PodStatus { Phase = "Pending", ContainerStatuses = [Waiting("ContainerCreating", null)] }).Should().Be(new BuildProgress.Pending(null));

    [Test]
    public void Running_and_unknown_are_neither_success_nor_failure()
    {
        Of(new PodStatus { Phase = "Running" }).Should().BeOfType<BuildProgress.Running>();
        Of(new PodStatus { Phase = "Unknown" }).Should().BeOfType<BuildProgress.Unknown>();
    }

    [Test]
    public void A_failed_container_behind_a_running_pod_is_a_failure_with_its_last_words()
    {
        BuildProgress progress = Of(new PodStatus
        {
            Phase = "Running",
            ContainerStatuses = [Ended("wait-for-done", 3, "not me"), Ended("image-build", 1, "RUN false: exit status 1\n")],
        });

        progress.Should().Be(new BuildProgress.Failed(FailureReason.BuildFailed, "container image-build failed (exit code 1): RUN false: exit status 1", StillOccupied: true));
    }

    [Test]
    public void A_container_that_has_done_its_part_does_not_end_the_build() =>
        Of(new PodStatus { Phase = "Running", ContainerStatuses = [Ended("image-build", 0, null)] }).Should().BeOfType<BuildProgress.Running>();

    [TestCase("Evicted", FailureReason.Evicted)]
    [TestCase("NodeLost", FailureReason.NodeLost)]
    [TestCase("Preempting", FailureReason.Preempted)]
    public void The_cluster_is_to_blame_for_some_ends(string reason, FailureReason expected) =>
        Of(new PodStatus { Phase = "Failed", Reason = reason, Message = "why", ContainerStatuses = [Ended("image-build", 137, null)] })
            .Should().Be(new BuildProgress.Failed(expected, "why", StillOccupied: false));

    [Test]
    public void A_disruption_is_known_by_its_condition() =>
        Of(new PodStatus { Phase = "Failed", Conditions = [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "PreemptionByScheduler" }] })
            .Should().BeOfType<BuildProgress.Failed>().Which.Reason.Should().Be(FailureReason.Preempted);

    [Test]
    public void A_failed_pod_without_a_failed_container_is_a_failed_build() =>
        Of(new PodStatus { Phase = "Failed", Reason = "DeadlineExceeded" })
            .Should().Be(new BuildProgress.Failed(FailureReason.BuildFailed, "DeadlineExceeded", StillOccupied: false));

    [Test]
    public void A_success_ended_when_its_last_container_did()
    {
        var finished = new DateTimeOffset(2024, 1, 1, 0, 0, 9, TimeSpan.Zero);

        Of(new PodStatus { Phase = "Succeeded", ContainerStatuses = [Ended("image-build", 0, null, finished.AddSeconds(-5)), Ended("wait-for-done", 0, null, finished)] })
            .Should().Be(new BuildProgress.Succeeded(finished));
    }

    private static BuildProgress Of(PodStatus status) => PodProgress.Of(new Pod { Status = status });

    private static ContainerStatus Waiting(string reason, string? message) =>
        new() { Name = "image-build", State = new ContainerState { Waiting = new ContainerWaiting { Reason = reason, Message = message } } };

    private static ContainerStatus Ended(string name, int exitCode, string? message, DateTimeOffset? at = null) =>
        new() { Name = name, State = new ContainerState { Terminated = new ContainerTerminated { ExitCode = exitCode, Reason = "Error", Message = message, FinishedAt = at } } };
}
