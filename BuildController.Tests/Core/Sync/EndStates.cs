using System.Text.Json;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Informers.Api;
using FluentAssertions;

namespace BuildController.Tests.Core.Sync;

/// <summary>The two states that every story ends in.</summary>
internal static class EndStates
{
    /// <summary>Built and served: the newest digest is recorded, nothing is left over, nothing is asked for, nothing is wrong.</summary>
    public static void ShouldBeOk(this BuildWorld world, string? imageBefore = null, string pool = BuildWorld.Worker, string repository = BuildWorld.Repository)
    {
        ShouldCarryNoRequest(world, pool);
        world.TrueBuildConditions(pool).Should().Equal(PoolConditionTypes.BuildSuccess);
        world.IsTrue(PoolConditionTypes.ImageBuildDegraded, pool).Should().BeFalse(world.Describe());
        world.IsTrue(PoolConditionTypes.Degraded, pool).Should().BeFalse(world.Describe());
        world.Objects(pool).Should().BeEmpty("nothing is left over");
        world.Annotation(PoolKeys.BuildRetries, pool).Should().BeNull("success clears the counter");
        BuildState state = world.State(pool);
        string digest = state.History.Last(static attempt => attempt.Outcome == AttemptOutcome.Succeeded).Digest!;
        world.Image(pool).Should().Be($"{repository}@{digest}").And.NotBe(imageBefore);
        state.Built.Should().Be(world.Pool(pool)!.Spec.Configuration!.Name);
        ShouldHaveUntouchedSpec(world, pool);
    }

    /// <summary>Failed: told with its cause, the last image kept, the request completed, and the failed build there to look at.</summary>
    public static void ShouldHaveFailed(
        this BuildWorld world, FailureReason reason, int retries, string? image, string pool = BuildWorld.Worker, bool withBuild = true)
    {
        ShouldSayFailed(world, reason, retries, image, pool);
        if (withBuild)
        {
            string config = world.Pool(pool)!.Spec.Configuration!.Name;
            world.Objects(pool).Should().BeEquivalentTo([$"{world.BuildKind} build-{config}", $"ConfigMap mc-{config}", $"ConfigMap dockerfile-{config}"]);
            world.BuildsOf(pool).Should().ContainSingle().Which.Phase.Should().Be("Failed", "a failed build occupies no node");
        }
        else
        {
            world.Objects(pool).Should().BeEmpty();
        }
    }

    /// <summary>What a pool says when it has failed, whatever is left of the build.</summary>
    public static void ShouldSayFailed(this BuildWorld world, FailureReason reason, int retries, string? image, string pool = BuildWorld.Worker)
    {
        ShouldCarryNoRequest(world, pool);
        world.TrueBuildConditions(pool).Should().Equal(PoolConditionTypes.BuildFailed);
        world.Condition(PoolConditionTypes.BuildFailed, pool)!.Reason.Should().Be(reason.ToString(), world.Describe());
        world.Condition(PoolConditionTypes.ImageBuildDegraded, pool).Should().Match<PoolCondition>(static condition => condition.Status == "True" && condition.Message.Length > 0);
        world.IsTrue(PoolConditionTypes.Degraded, pool).Should().BeTrue();
        world.Annotation(PoolKeys.BuildRetries, pool).Should().Be(retries == 0 ? null : $"{retries}");
        world.Image(pool).Should().Be(image, "the last good image stays");
        ShouldHaveUntouchedSpec(world, pool);
    }

    /// <summary>Opted out: nothing of ours is left on the pool nor beside it.</summary>
    public static void ShouldBeForgotten(this BuildWorld world, string pool = BuildWorld.Worker)
    {
        ShouldCarryNoRequest(world, pool);
        world.Pool(pool)!.Metadata.Annotations.Should().BeEmpty("the image and what was remembered go");
        world.TrueBuildConditions(pool).Should().BeEmpty();
        world.Condition(PoolConditionTypes.ImageBuildDegraded, pool).Should().BeNull();
        world.IsTrue(PoolConditionTypes.Degraded, pool).Should().BeFalse(world.Describe());
        world.Objects(pool).Should().BeEmpty();
        ShouldHaveUntouchedSpec(world, pool);
    }

    private static void ShouldCarryNoRequest(BuildWorld world, string pool)
    {
        world.State(pool).Serving.Should().BeNull(world.Describe());
        world.Annotation(PoolKeys.RebuildImage, pool).Should().BeNull("the request is complete");
        world.Pool(pool)!.Metadata.Labels.Should().NotContainKey(PoolKeys.RebuildImage);
    }

    /// <summary>The pool's spec is the render controller's, and status.configuration the node controller's.</summary>
    private static void ShouldHaveUntouchedSpec(BuildWorld world, string pool)
    {
        var type = ResourceType.Unstructured(Resources.MachineConfigPools.Resource, Resources.MachineConfigPools.Kind, ResourceScope.Cluster);
        JsonElement root = world.Find(type, new ObjectKey(pool))!.Root;
        (root.TryGetProperty("status", out JsonElement status) && status.TryGetProperty("configuration", out _)).Should().BeFalse();
        if (root.GetProperty("spec").GetProperty("configuration").TryGetProperty("source", out JsonElement source))
            source.EnumerateArray().Should().OnlyContain(static item => item.GetProperty("kind").ValueEquals("MachineConfig"));
    }
}
