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
    public void Going_to_and_fro_between_two_configs_ends_with_an_image_of_the_last()
    {
        string? before = world.Image();
        world.Render(BuildWorld.ConfigB).UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
        world.Render(BuildWorld.ConfigA).Until("the end of that build", () => world.IsTrue(PoolConditionTypes.BuildSuccess) && world.Objects(BuildWorld.Worker).Count == 0);

        world.Render(BuildWorld.ConfigB).Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
    }

    [Test]
    public void The_limit_degrades_the_pool_refuses_requests_and_a_reset_opens_it_again()
    {
        string? before = world.Image();
        world.Break();
        for (int attempt = 1; attempt <= 5; attempt++)
        {
            world.Request($"{attempt}").UntilFailed();
            world.ShouldHaveFailed(FailureReason.BuildFailed, attempt, before);
        }

        world.Condition(PoolConditionTypes.ImageBuildDegraded)!.Reason.Should().Be(nameof(PoolEventReason.RetryLimitReached));
        string kept = world.Pods().Single().Metadata.Uid!;

        world.Mend().Request("6").Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage) is null).Pass(TimeSpan.FromMinutes(1));
        world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 5, before);
        world.Pods().Single().Metadata.Uid.Should().Be(kept, "a refused request touches nothing");
        world.EventReasons()[^1].Should().Be(nameof(PoolEventReason.RebuildRefused));

        world.ResetRetries().Request("7").UntilBuilt();
        world.ShouldBeOk(before);
    }

    [Test]
    public void A_new_rendered_config_resets_the_limit_and_is_built_by_itself()
    {
        string? before = world.Image();
        world.Break();
        for (int attempt = 1; attempt <= 5; attempt++)
            world.Request($"{attempt}").UntilFailed();

        world.Mend().Render(BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
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
    public void Two_pools_are_built_at_once_and_nothing_of_them_is_mixed()
    {
        string? before = world.Image();
        world.OptIn(BuildWorld.Master).UntilBuilt(BuildWorld.Master);
        string? masterBefore = world.Image(BuildWorld.Master);

        world.Request("1").Request("1", BuildWorld.Master);
        world.Until("two builds at once", () => world.Pods().Count(static pod => pod.Status.Phase == "Running") == 2);
        world.UntilBuilt().UntilBuilt(BuildWorld.Master);

        world.ShouldBeOk(before);
        world.ShouldBeOk(masterBefore, BuildWorld.Master);
        world.Image().Should().NotBe(world.Image(BuildWorld.Master));
    }

    [Test]
    public void A_failing_pool_does_not_disturb_another_one()
    {
        string? before = world.Image();

        world.Break().Request("1").OptIn(BuildWorld.Master).UntilFailed().UntilBuilt(BuildWorld.Master);

        world.ShouldHaveFailed(FailureReason.BuildFailed, retries: 1, before);
        world.ShouldBeOk(pool: BuildWorld.Master);
    }
}
