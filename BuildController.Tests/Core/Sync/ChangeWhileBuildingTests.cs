using BuildController.Core.Images;
using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using BuildController.Core.Sync;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture(ImageBuilderType.CustomPodBuilder)]
[TestFixture(ImageBuilderType.OpenShiftImageBuilder)]
public sealed class ChangeWhileBuildingTests(ImageBuilderType builder)
{
    private BuildWorld world = null!;
    private string? before;

    [SetUp]
    public void SetUp()
    {
        world = BuildWorld.WithFirstImage(builder: builder);
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
    [TestCase("Succeeded")]
    public void Another_value_is_another_request_and_is_served_last(string phase)
    {
        world.Request("1").UntilPhase(phase).Request("2");

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.State().Last!.Trigger.Should().Be("2");
        world.Builds().Should().Be(3);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    [TestCase("Succeeded")]
    public void A_request_during_the_first_build_is_served_by_another_one(string phase)
    {
        world.OptIn(BuildWorld.Master).UntilPhase(phase, BuildWorld.Master).Request("1", BuildWorld.Master);

        world.UntilBuilt(BuildWorld.Master);

        world.ShouldBeOk(pool: BuildWorld.Master);
        world.Builds(BuildWorld.Master).Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    public void The_same_value_set_again_is_the_same_request(string phase)
    {
        world.Request("1").UntilPhase(phase).Withdraw().Request("1");

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    [TestCase("Succeeded")]
    public void A_request_withdrawn_while_it_is_served_does_not_stop_the_build(string phase)
    {
        world.Request("1").UntilPhase(phase).Withdraw();

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    [TestCase("Succeeded")]
    public void A_new_config_takes_the_build_over(string phase)
    {
        world.Request("1").UntilPhase(phase).Render(BuildWorld.ConfigB);

        world.Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
        world.State().History.Should().NotContain(static attempt => attempt.Config == BuildWorld.ConfigA && attempt.Trigger == "1" && attempt.Outcome == AttemptOutcome.Succeeded);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    public void A_config_taken_back_at_once_disturbs_nothing(string phase)
    {
        world.Request("1").UntilPhase(phase).Render(BuildWorld.ConfigB).Render(BuildWorld.ConfigA);

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    public void A_config_taken_back_while_the_other_is_built_ends_with_the_first(string phase)
    {
        world.Request("1").UntilPhase("Running").Render(BuildWorld.ConfigB);
        world.Until("a build of B", () => world.BuildsOf().Any(build => build.Name == $"build-{BuildWorld.ConfigB}" && build.Phase == phase));

        world.Render(BuildWorld.ConfigA).UntilBuilt();

        world.ShouldBeOk(before);
    }

    [Test]
    public void Going_to_and_fro_between_two_configs_ends_with_an_image_of_the_last()
    {
        world.Render(BuildWorld.ConfigB).UntilPhase("Running").UntilCondition(PoolConditionTypes.Building);
        world.Render(BuildWorld.ConfigA).Until("the end of that build", () => world.IsTrue(PoolConditionTypes.BuildSuccess) && world.Objects(BuildWorld.Worker).Count == 0);

        world.Render(BuildWorld.ConfigB).Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
    }

    [Test]
    public void A_request_and_a_new_config_in_one_edit_are_one_build()
    {
        world.Request("1").Render(BuildWorld.ConfigB).Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    [TestCase("Succeeded")]
    public void Opting_out_leaves_nothing_behind(string phase)
    {
        world.Request("1").UntilPhase(phase).OptOut();

        world.Until("the end", () => world.Annotation(PoolKeys.BuildState) is null && world.Objects(BuildWorld.Worker).Count == 0).Pass(TimeSpan.FromMinutes(5));

        world.Pool()!.Metadata.Annotations.Should().BeEmpty();
        world.TrueBuildConditions().Should().BeEmpty();
        world.Condition(PoolConditionTypes.ImageBuildDegraded).Should().BeNull();
        world.Builds().Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    public void Opting_out_and_in_again_yields_an_image(string phase)
    {
        world.Request("1").UntilPhase(phase).OptOut().Pass(TimeSpan.FromSeconds(2)).OptIn();

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    [TestCase("Succeeded")]
    public void A_pool_that_is_deleted_leaves_nothing_behind(string phase)
    {
        world.Request("1").UntilPhase(phase).Delete(Resources.MachineConfigPools, BuildWorld.Worker);

        world.Pass(TimeSpan.FromMinutes(5));

        world.Objects(BuildWorld.Worker).Should().BeEmpty();
        world.Builds().Should().Be(2);
    }

    [TestCase("Pending")]
    [TestCase("Running")]
    public void A_pool_made_anew_under_the_same_name_is_built_anew(string phase)
    {
        world.Request("1").UntilPhase(phase).Delete(Resources.MachineConfigPools, BuildWorld.Worker);
        world.CreatePool(BuildWorld.Worker, BuildWorld.ConfigA, isLayered: true);

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.State().History.Should().ContainSingle();
    }

    [Test]
    public void The_repository_pushed_to_is_recorded_although_another_one_is_configured_meanwhile()
    {
        world.Request("1").UntilPhase("Running").SetInput(InputNames.BuildConfig, InputNames.FinalImagePullspec, "registry.example.com/elsewhere/image");
        world.UntilBuilt();
        world.ShouldBeOk(before);

        world.Request("2").UntilPhase("Running").UntilBuilt();
        world.ShouldBeOk(before, repository: "registry.example.com/elsewhere/image");
    }
}
