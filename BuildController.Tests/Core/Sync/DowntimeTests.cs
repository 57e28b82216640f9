using BuildController.Core.Model;
using BuildController.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

/// <summary>What happens while no controller runs is found when the next one starts.</summary>
[TestFixture]
public sealed class DowntimeTests
{
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

    [Test]
    public void A_new_config_is_built()
    {
        world.Request("1").UntilPhase("Running");
        Away(() => world.Render(BuildWorld.ConfigB));

        world.Until("an image of B", () => world.State().Built == BuildWorld.ConfigB).UntilBuilt();

        world.ShouldBeOk(before);
        world.Builds().Should().Be(3);
    }

    [Test]
    public void A_pool_that_opted_out_is_cleaned_up()
    {
        world.Request("1").UntilPhase("Running");
        Away(() => world.OptOut());

        world.Until("the end", () => world.Annotation(PoolKeys.BuildState) is null && world.Objects(BuildWorld.Worker).Count == 0);

        world.Image().Should().BeNull();
        world.TrueBuildConditions().Should().BeEmpty();
    }

    [Test]
    public void A_pool_that_was_deleted_is_cleaned_up()
    {
        world.Request("1").UntilPhase("Running");
        Away(() => world.Delete(Resources.MachineConfigPools, BuildWorld.Worker).Pass(TimeSpan.FromMinutes(2)));

        world.Until("the end", () => world.Objects(BuildWorld.Worker).Count == 0);
    }

    [Test]
    public void A_pool_made_anew_under_the_same_name_takes_nothing_over()
    {
        world.Request("1").UntilPhase("Running");
        Away(() =>
        {
            world.Delete(Resources.MachineConfigPools, BuildWorld.Worker);
            world.CreatePool(BuildWorld.Worker, BuildWorld.ConfigA, isLayered: true);
        });

        world.UntilBuilt();

        world.ShouldBeOk(before);
        world.State().History.Should().ContainSingle();
    }

    private void Away(Action meanwhile)
    {
        world.Controller.Stop();
        meanwhile();
        world.StartController();
    }
}
