using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture(ImageBuilderType.CustomPodBuilder)]
[TestFixture(ImageBuilderType.OpenShiftImageBuilder)]
public sealed class RebuildStoryTests(ImageBuilderType builder)
{
    private BuildWorld world = null!;

    [SetUp]
    public void SetUp() => world = BuildWorld.WithFirstImage(builder: builder);

    [TearDown]
    public void TearDown()
    {
        world.Dispose();
        world.Logs.Errors.Should().BeEmpty();
    }

    [Test]
    public void A_pool_that_opts_in_gets_its_first_image_with_one_build()
    {
        world.ShouldBeOk();
        world.Builds().Should().Be(1);
        world.EventReasons().Should().Equal(nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded));
    }

    [Test]
    public void A_world_that_is_in_order_makes_no_requests_but_to_open_watches_again()
    {
        world.Pass(TimeSpan.FromMinutes(1)).Controller.Clientset.ClearActions();

        world.Pass(TimeSpan.FromMinutes(20));

        world.Controller.Clientset.Actions.Should().OnlyContain(static request => request.Verb == "watch");
    }

    [Test]
    public void A_rebuild_after_success_yields_a_new_image()
    {
        string? before = world.Image();

        world.Request("1").UntilPhase("Running");
        world.Annotation(PoolKeys.RebuildImage).Should().Be("1", "the request stays until it is complete");
        world.Annotation(PoolKeys.BuildRetries).Should().Be("1");
        world.Image().Should().Be(before, "the last good image stays while another is built");
        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [Test]
    public void A_rebuild_that_fails_is_told_and_kept_to_look_at()
    {
        string? before = world.Image();

        world.Break().Request("1").UntilFailed().Pass(TimeSpan.FromMinutes(10));

        world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain("RUN false");
        world.Builds().Should().Be(2, "an admin's error is not retried");
    }

    [Test]
    public void A_rebuild_after_a_failure_clears_what_failed_and_succeeds()
    {
        string? before = world.Image();
        world.Break().Request("1").UntilFailed();

        world.Mend().Request("2").UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    [Test]
    public void A_request_before_the_first_build_and_the_first_build_are_one()
    {
        world.Request("early", BuildWorld.Master).OptIn(BuildWorld.Master);

        world.UntilBuilt(BuildWorld.Master);

        world.ShouldBeOk(pool: BuildWorld.Master);
        world.Builds(BuildWorld.Master).Should().Be(1);
    }

    [Test]
    public void A_request_for_a_pool_that_is_not_layered_is_removed_and_told()
    {
        world.Request("never", BuildWorld.Master).Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage, BuildWorld.Master) is null);

        world.Pass(TimeSpan.FromMinutes(5)).EventReasons(BuildWorld.Master).Should().Equal(nameof(PoolEventReason.RebuildRefused));
        world.Builds(BuildWorld.Master).Should().Be(0);
    }

    [Test]
    public void However_often_a_pool_was_refused_what_follows_is_told()
    {
        for (int i = 0; i < 40; i++)
            world.Request($"never {i}", BuildWorld.Master).Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage, BuildWorld.Master) is null);

        world.OptIn(BuildWorld.Master).UntilBuilt(BuildWorld.Master);

        world.EventReasons(BuildWorld.Master).Should().EndWith([nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded)]);
    }

    [Test]
    public void A_label_of_the_same_key_is_a_request_too()
    {
        string? before = world.Image();

        world.PatchPool(BuildWorld.Worker, "labels", PoolKeys.RebuildImage, "please").UntilPhase("Running").UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [Test]
    public void A_request_withdrawn_before_it_is_seen_does_nothing()
    {
        world.Request("1").Withdraw().Pass(TimeSpan.FromMinutes(5));

        world.ShouldBeOk();
        world.Builds().Should().Be(1);
    }
}
