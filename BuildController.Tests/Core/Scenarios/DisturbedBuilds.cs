using System.Text.Json.Nodes;
using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using BuildController.Tests.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Scenarios;

/// <summary>Something happens to the build object, to its pod, or to the image.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class DisturbedBuilds
{
    [Test]
    public void Scenario_59_A_build_deleted_by_hand_is_tried_again() => BothBuilders.Run(static builder =>
    {
        foreach (string phase in (string[])["Pending", "Running"])
        {
            Play(phase, static world => world.DeleteBuild());
            if (builder == ImageBuilderType.OpenShiftImageBuilder)
                Play(phase, static world => world.Delete(Resources.Pods, world.BuilderPod()));
        }

        void Play(string phase, Action<BuildWorld> delete)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase(phase).Pass(TimeSpan.FromSeconds(2));

            delete(world);

            world.UntilCondition(PoolConditionTypes.BuildInterrupted).TrueBuildConditions().Should().Equal(PoolConditionTypes.BuildInterrupted);
            world.Condition(PoolConditionTypes.BuildInterrupted)!.Message.Should().Contain("will be tried again").And.Contain("deleted");
            world.Until("another build", () => world.Builds() == 3);
            world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request is not complete");
            world.Annotation(PoolKeys.BuildRetries).Should().Be("2", "the retry counts");
            world.UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(3);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_60_A_build_that_was_evicted_drained_or_preempted_is_tried_again_within_the_limit() => BothBuilders.Run(static builder =>
    {
        Action<BuildWorld>[] causes = builder == ImageBuilderType.CustomPodBuilder
            ?
            [
                static world => world.Evict(world.BuilderPod()),
                static world => world.SetPodStatus(Ended("Terminated", "Pod was terminated in response to imminent node shutdown.")),
                static world => world.SetPodStatus(Ended("NodeLost", "Node which was running the pod is unresponsive.")),
                static world => world.SetPodStatus(Ended("Preempting", "Preempted in order to admit critical pod.")),
                static world => world.SetPodStatus(Disrupted("PreemptionByScheduler")),
                static world => world.SetPodStatus(Disrupted("DeletionByTaintManager")),
                static world => world.SetPodStatus(Disrupted("EvictionByEvictionAPI")).Delete(Resources.Pods, world.BuilderPod()),
            ]
            :
            [
                static world => world.Evict(world.BuilderPod()),

                // A drain and a preemption delete the pod, and the Build says so.
                static world => world.SetPodStatus(Disrupted("EvictionByEvictionAPI", isOver: false)).Delete(Resources.Pods, world.BuilderPod()),
                static world => world.Delete(Resources.Pods, world.BuilderPod(), new DeleteOptions { GracePeriod = TimeSpan.Zero }),
            ];
        foreach (Action<BuildWorld> cause in causes)
            Once(cause);

        WithoutEnd();

        void Once(Action<BuildWorld> cause)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);

            cause(world);

            world.UntilCondition(PoolConditionTypes.BuildInterrupted).Until("another build", () => world.Builds() == 3);
            world.Annotation(PoolKeys.BuildRetries).Should().Be("2");
            world.UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(3);
            world.EventReasons().Should().NotContain(nameof(PoolEventReason.BuildFailed)).And.Contain(nameof(PoolEventReason.BuildRetried));
            world.ShouldRest();
        }

        void WithoutEnd()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1");
            for (int attempt = 1; attempt <= 5; attempt++)
                world.Until($"build {attempt}", () => world.Builds() == attempt + 1).UntilPhase("Running").Evict(world.BuilderPod());

            world.UntilFailed().Pass(TimeSpan.FromHours(1)).ShouldHaveFailed(FailureReason.Evicted, retries: 5, before);
            world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Reason.Should().Be(nameof(PoolEventReason.RetryLimitReached));
            world.Builds().Should().Be(6);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_61_A_build_container_that_fails_while_another_one_waits_is_a_failure_at_once() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.Break().Request("1").Until("the container's failure", () => HasFailedContainer(world));
        if (builder == ImageBuilderType.CustomPodBuilder)
            Pod(world).Status.Phase.Should().Be("Running", "the other container waits for a digest");

        world.Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed), within: BuildWorld.Options.UpdateDelay + TimeSpan.FromSeconds(1));
        world.Until("the pod's end", () => Pod(world).Status.Phase == "Failed", within: TimeSpan.FromSeconds(10));
        world.UntilFailed().Pass(TimeSpan.FromMinutes(2)).ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain("RUN false", "the last words are told");
        world.Builds().Should().Be(2);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_62_An_image_that_cannot_be_pulled_is_pending_with_the_cause_until_the_deadline() => BothBuilders.Run(static builder =>
    {
        JsonObject status = PullBackOff(builder);
        PendsUntilTheDeadline(builder, status, "ImagePullBackOff");
        PendsAndRecovers(builder, status);
    });

    [Test]
    public void Scenario_63_A_pod_that_finds_no_node_is_pending_with_the_cause_until_the_deadline() => BothBuilders.Run(static builder =>
    {
        PendsUntilTheDeadline(builder, Unschedulable.Status, Unschedulable.Message);
        PendsAndRecovers(builder, Unschedulable.Status);
    });

    [Test]
    public void Scenario_64_A_node_that_does_not_answer_is_waited_for_until_it_does_or_the_deadline_comes() => BothBuilders.Run(static builder =>
    {
        Play(comesBack: true);
        Play(comesBack: false);

        void Play(bool comesBack)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilCondition(PoolConditionTypes.Building);

            world.SetPodStatus(new JsonObject { ["phase"] = "Unknown", ["reason"] = "NodeLost" }).Pass(TimeSpan.FromMinutes(40));
            world.TrueBuildConditions().Should().Equal([PoolConditionTypes.Building], "nothing is known to have failed");
            world.Builds().Should().Be(2);

            if (!comesBack)
            {
                world.Until("the deadline", () => world.IsTrue(PoolConditionTypes.BuildFailed), within: TimeSpan.FromMinutes(21)).Pass(TimeSpan.FromMinutes(2));
                world.ShouldSayFailed(FailureReason.DeadlineExceeded, retries: 1, before);
            }

            if (world.Find(Resources.Pods, new ObjectKey(BuildWorld.Namespace, world.BuilderPod())) is not null)
                world.SetPodStatus(new JsonObject { ["phase"] = "Running", ["reason"] = null });

            if (comesBack)
                world.UntilBuilt().ShouldBeOk(before);
            else
                world.UntilFailed().ShouldHaveFailed(FailureReason.DeadlineExceeded, retries: 1, before);

            world.Builds().Should().Be(2);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_65_What_is_told_late_about_a_build_of_before_concerns_nobody() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();
        FakeReaction watches = world.Controller.Clientset.On(static request => request.Verb == "watch" && request.Resource.Plural is "pods" or "builds")
            .Change(static response => response with { Events = new StaleEvents(response.Events!) });
        world.Cluster.Restart(TimeSpan.Zero, keepsHistory: true);
        world.Break().Request("1").UntilFailed();
        string failed = world.BuildsOf(BuildWorld.Worker).Single().Uid;

        world.Mend().Request("2").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building).Pass(TimeSpan.FromSeconds(10));

        watches.Count.Should().BeGreaterThanOrEqualTo(2);
        world.BuildsOf(BuildWorld.Worker).Single().Should().Match<BuildSeen>(build => build.Uid != failed && build.Name == $"build-{BuildWorld.ConfigA}");
        world.TrueBuildConditions().Should().Equal(PoolConditionTypes.Building);
        world.UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(3);
        world.ShouldRest();
    });

    [Test]
    public void Scenario_66_A_build_that_was_never_seen_to_run_is_built_all_the_same() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder, options: BuildWorld.Options with { UpdateDelay = TimeSpan.FromMinutes(1) });
        string? before = world.Image();

        world.CountFromHere().Request("1").UntilPhase("Succeeded").UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.Writes().Where(static request => request.Subresource == "status").Select(static request => $"{request.PatchJson()}")
            .Should().NotBeEmpty().And.NotContain(static body => body.Contains("BuildRunning", StringComparison.Ordinal), "it was pending, then done");
        world.Condition(PoolConditionTypes.BuildPending)!.Status.Should().Be("False");
        world.ShouldRest();
    });

    [Test]
    public void Scenario_67_A_build_that_ends_in_an_unusual_way_is_a_failure_with_a_reason() => BothBuilders.Run(static builder =>
    {
        if (builder == ImageBuilderType.OpenShiftImageBuilder)
        {
            Failed(FailureReason.BuildCancelled, static world => world.PatchBuild(new JsonObject { ["status"] = new JsonObject { ["cancelled"] = true } }));
            Failed(FailureReason.BuildFailed, static world => world.EndOpenShiftBuild("Error", "GenericBuildFailed", "Generic Build failure - check logs for details."));
            Failed(FailureReason.BuildFailed, static world => world.EndOpenShiftBuild("Error"));
            Failed(FailureReason.BuildFailed, static world => world.EndOpenShiftBuild("Failed"));
            Undigested(static world => world.EndOpenShiftBuild("Complete"));
            Undigested(static world => world.EndOpenShiftBuild("Complete", output: []));
            Undigested(static world => world.EndOpenShiftBuild("Complete", output: new JsonObject { ["to"] = new JsonObject() }));
            Undigested(static world => world.EndOpenShiftBuild("Complete", output: new JsonObject { ["to"] = new JsonObject { ["imageDigest"] = "sha256:short" } }));
        }
        else
        {
            Failed(FailureReason.BuildFailed, static world => world.SetPodStatus(new JsonObject { ["phase"] = "Failed", ["containerStatuses"] = null }));
            Undigested(static world => world.SetPodStatus(new JsonObject { ["phase"] = "Succeeded", ["containerStatuses"] = null }));
        }

        void Failed(FailureReason reason, Action<BuildWorld> end)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            end(world);
            world.UntilFailed().Pass(TimeSpan.FromMinutes(5)).ShouldHaveFailed(reason, retries: 1, before);
            world.Builds().Should().Be(2);
            world.ShouldRest();
        }

        void Undigested(Action<BuildWorld> end)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            end(world);
            world.UntilFailedAfterSuccess().Pass(TimeSpan.FromMinutes(5)).ShouldSayFailed(FailureReason.DigestUnavailable, retries: 1, before);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain("digest");
            world.Objects(BuildWorld.Worker).Should().HaveCount(3, "the build and its ConfigMaps stay to be looked at");
            world.Builds().Should().Be(2);
            world.ShouldRest();
        }
    });

    [Test]
    public void Scenario_68_A_push_that_the_registry_refuses_is_a_failure_and_the_last_image_stays() => BothBuilders.Run(static builder =>
    {
        Refused("tag is immutable: the tag already exists");
        Refused("denied: quota exceeded for repository");
        Refused("unauthorized: authentication required");
        if (builder == ImageBuilderType.OpenShiftImageBuilder)
            Hiccup();

        void Refused(string cause)
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            FailPush(world, cause);
            world.UntilFailed().Pass(TimeSpan.FromMinutes(10));
            world.ShouldHaveFailed(builder == ImageBuilderType.CustomPodBuilder ? FailureReason.BuildFailed : FailureReason.RegistryRefused, retries: 1, before);
            world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain(cause);
            world.Builds().Should().Be(2, "trying again would not help");
            world.ShouldRest();
        }

        void Hiccup()
        {
            using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
            string? before = world.Image();
            world.Request("1").UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
            FailPush(world, "connection reset by peer");
            world.UntilCondition(PoolConditionTypes.BuildInterrupted).UntilBuilt().ShouldBeOk(before);
            world.Builds().Should().Be(3, "what may pass by itself is tried again");
        }

        void FailPush(BuildWorld world, string cause) => _ = builder == ImageBuilderType.CustomPodBuilder
            ? world.FailBuild($"Error: writing manifest to registry.example.com: {cause}")
            : world.EndOpenShiftBuild("Failed", "PushImageToRegistryFailed", $"Failed to push the image to the registry: {cause}");
    });

    [Test]
    public void Scenario_69_A_rebuild_that_yields_the_same_image_is_a_success_and_changes_nothing_for_nodes() => BothBuilders.Run(static builder =>
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string before = world.Image()!;
        string digest = before[(before.IndexOf('@', StringComparison.Ordinal) + 1)..];
        int changes = world.Invariants.ImagesOf(BuildWorld.Worker).Count;
        long? generation = world.Pool()!.Metadata.Generation;
        LetBuildsYield(world, digest);

        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk();
        world.State().Last!.Should().Match<FinishedAttempt>(attempt => attempt.Trigger == "1" && attempt.Digest == digest);
        world.Image().Should().Be(before);
        world.Invariants.ImagesOf(BuildWorld.Worker).Should().HaveCount(changes, "who watches the annotation has nothing to roll out");
        world.Pool()!.Metadata.Generation.Should().Be(generation);
        world.Builds().Should().Be(2);
        world.ShouldRest();
    });

    private static JsonObject Ended(string reason, string message) => new() { ["phase"] = "Failed", ["reason"] = reason, ["message"] = message };

    private static JsonObject Disrupted(string reason, bool isOver = true)
    {
        var status = new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "DisruptionTarget", ["status"] = "True", ["reason"] = reason, ["message"] = "The pod has to go.", ["lastTransitionTime"] = "2024-01-01T00:00:00Z",
            }),
        };
        if (isOver)
            status["phase"] = "Failed";

        return status;
    }

    private static JsonObject PullBackOff(ImageBuilderType builder)
    {
        string[] containers = builder == ImageBuilderType.CustomPodBuilder ? ["image-build", "wait-for-done"] : ["docker-build"];
        return new JsonObject
        {
            ["phase"] = "Pending",
            ["containerStatuses"] = new JsonArray(
            [
                .. containers.Select(static name => new JsonObject
                {
                    ["name"] = name,
                    ["image"] = "registry.example.com/builder",
                    ["imageID"] = string.Empty,
                    ["ready"] = false,
                    ["restartCount"] = 0,
                    ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ImagePullBackOff", ["message"] = "Back-off pulling image" } },
                }),
            ]),
        };
    }

    private static void PendsUntilTheDeadline(ImageBuilderType builder, JsonObject status, string told)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.KeepPodsFromStarting(status).Request("1").UntilPhase("Pending").Pass(TimeSpan.FromMinutes(14));
        world.TrueBuildConditions().Should().Equal([PoolConditionTypes.BuildPending], "what may still start has not failed");
        world.Condition(PoolConditionTypes.BuildPending)!.Message.Should().Contain(told);
        world.Builds().Should().Be(2);

        world.Pass(TimeSpan.FromMinutes(3)).ShouldSayFailed(FailureReason.PendingDeadlineExceeded, retries: 1, before);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain(told);
        world.BuildsOf().Should().BeEmpty("what never ran has nothing to look at, and must not start after all");
        world.ShouldRest();

        world.LetPodsStart().Request("2").UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(3);
        world.ShouldRest();
    }

    private static void PendsAndRecovers(ImageBuilderType builder, JsonObject status)
    {
        using BuildWorld world = BuildWorld.WithFirstImage(builder: builder);
        string? before = world.Image();

        world.KeepPodsFromStarting(status).Request("1").UntilPhase("Pending").Pass(TimeSpan.FromMinutes(10)).LetPodsStart();

        world.UntilPhase("Running").UntilBuilt().ShouldBeOk(before);
        world.Builds().Should().Be(2);
        world.ShouldRest();
    }

    private static void LetBuildsYield(BuildWorld world, string digest) => world.Kubelet.AddReactor(async (request, next, _) =>
    {
        FakeResponse response = await next();
        if (request.Key.Name == $"digest-{BuildWorld.ConfigA}")
            world.SetInput(request.Key.Name, "digest", digest);
        else if (request is { Verb: "patch", Resource.Plural: "builds" })
            world.PatchBuild(new JsonObject { ["status"] = new JsonObject { ["output"] = new JsonObject { ["to"] = new JsonObject { ["imageDigest"] = digest } } } });

        return response;
    });

    private static Pod Pod(BuildWorld world) => world.Find(Resources.Pods, new ObjectKey(BuildWorld.Namespace, world.BuilderPod()))!;

    private static bool HasFailedContainer(BuildWorld world) =>
        world.Find(Resources.Pods, new ObjectKey(BuildWorld.Namespace, world.BuilderPod())) is { } pod
        && pod.Status.ContainerStatuses.Any(static status => status.State?.Terminated is { ExitCode: not 0 });
}
