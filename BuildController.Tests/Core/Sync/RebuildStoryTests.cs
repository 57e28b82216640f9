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
    public void However_often_a_pool_was_refused_what_follows_is_told()
    {
        for (int i = 0; i < 40; i++)
            world.Request($"never {i}", BuildWorld.Master).Until("the refusal", () => world.Annotation(PoolKeys.RebuildImage, BuildWorld.Master) is null);

        world.OptIn(BuildWorld.Master).UntilBuilt(BuildWorld.Master);

        world.EventReasons(BuildWorld.Master).Should().EndWith([nameof(PoolEventReason.BuildStarted), nameof(PoolEventReason.BuildSucceeded)]);
    }
}
