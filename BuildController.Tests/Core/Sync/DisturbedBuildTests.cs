using System.Text.Json.Nodes;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture]
public sealed class DisturbedBuildTests
{
    private const string BuildPod = $"build-{BuildWorld.ConfigA}";
    private const string DigestMap = $"digest-{BuildWorld.ConfigA}";

    private BuildWorld world = null!;
    private string? before;

    [SetUp]
    public void SetUp()
    {
        world = BuildWorld.WithFirstImage();
        before = world.Image();
    }

    [TearDown]
    public void TearDown()
    {
        world.Dispose();
        world.Logs.Errors.Should().BeEmpty();
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    public void A_build_pod_deleted_by_hand_is_made_again_by_itself(string phase)
    {
        world.Request("1").UntilPhase(phase).Pass(TimeSpan.FromSeconds(2)).Delete(Resources.Pods, BuildPod);

        world.Until("another pod", () => world.Builds() == 3);
        world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request is not complete");
        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    [Test]
    public void An_evicted_build_is_tried_again_by_itself()
    {
        world.Request("1").UntilPhase("Running").Evict(BuildPod);

        world.Until("another pod", () => world.Builds() == 3).UntilBuilt();

        world.ShouldBeOk(before);
        world.EventReasons().Should().Contain([nameof(PoolEventReason.BuildInterrupted), nameof(PoolEventReason.BuildRetried)]);
    }

    [Test]
    public void Evictions_without_end_stop_at_the_limit()
    {
        world.Request("1");
        for (int attempt = 1; attempt <= 5; attempt++)
            world.Until($"pod {attempt}", () => world.Builds() == attempt + 1).UntilPhase("Running").Evict(BuildPod);

        world.UntilFailed().Pass(TimeSpan.FromHours(1));

        world.ShouldHaveFailed(FailureReason.Evicted, retries: 5, before);
        world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Reason.Should().Be(nameof(PoolEventReason.RetryLimitReached));
        world.Builds().Should().Be(6);
    }

    [Test]
    public void A_build_that_never_starts_fails_at_its_deadline_and_says_what_it_waits_for()
    {
        world.Request("1").UntilPhase("Pending").Delete(Resources.ConfigMaps, $"mc-{BuildWorld.ConfigA}");

        world.Until("the failure", () => world.IsTrue(PoolConditionTypes.BuildFailed)).Pass(TimeSpan.FromMinutes(1));

        world.Condition(PoolConditionTypes.BuildFailed)!.Should().Match<PoolCondition>(static condition =>
            condition.Reason == nameof(FailureReason.PendingDeadlineExceeded) && condition.Message.Contains("configmap"));
        world.Pods().Should().BeEmpty("what never ran has nothing to look at");
        world.Image().Should().Be(before);
        world.Request("2").UntilPhase("Running").UntilBuilt();
        world.ShouldBeOk(before);
    }

    /// <summary>Spoils the digest right after the build has published it, before anybody sees it.</summary>
    [Test]
    public void A_digest_left_without_labels_is_claimed_recorded_and_cleaned_up()
    {
        world.Kubelet.AddReactor(async (request, next, _) =>
        {
            FakeResponse response = await next();
            if (request.Key.Name == DigestMap)
                await StripLabelsAsync();

            return response;
        });

        world.Request("1").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk(before);
        world.Find(Resources.ConfigMaps, new ObjectKey(BuildWorld.Namespace, DigestMap)).Should().BeNull();

        Task StripLabelsAsync()
        {
            string[] keys = [BuildLabels.BuildPod, BuildLabels.TargetPool, BuildLabels.DesiredConfig, BuildLabels.BuildAttempt];
            var none = new JsonObject(keys.Select(static key => KeyValuePair.Create<string, JsonNode?>(key, null)));
            return world.Admin.Resource(Resources.ConfigMaps).PatchAsync(
                new ObjectKey(BuildWorld.Namespace, DigestMap), Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = none } }));
        }
    }
}
